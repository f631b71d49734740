import type { HttpSettings } from "./options.js";

/** The path of the routes behind "This wasn't me". */
export function disavowPath({ paths }: HttpSettings): string {
  return `${paths.auth}/disavow`;
}

/**
 * The address for a mail.
 *
 * @throws TypeError where the routes are off, or unless it is the id of a session.
 */
export function disavowLink(settings: HttpSettings, sessionId: string): string {
  const { sessions, ownOrigin, disavow } = settings;
  if (disavow === null || ownOrigin === null) {
    throw new TypeError("disavowLink needs notify or disavow in createHttp, and origin");
  }
  const token = sessions.devices.disavowalToken(sessionId);
  return `${ownOrigin}${disavow.page ?? disavowPath(settings)}?token=${token}`;
}
