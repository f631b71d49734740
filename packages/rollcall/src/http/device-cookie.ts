import type { Sessions } from "../core/sessions-api.js";
import { type CookieNames, cookieValues, setDeviceCookie } from "./cookies.js";
import type { RequestHead } from "./request-head.js";

/** The device of a sign-in with cookies, and the cookie that says so. */
export interface KnownDevice {
  readonly deviceId: string;
  readonly cookie: string;
}

/**
 * The device that a browser is, by its cookie, else a new one. The cookie is signed anew at each sign-in,
 * so that it outlives the keys that it was signed with before. Where it occurs with values of two
 * devices, one was planted and nothing tells which: then neither counts.
 */
export function knownDevice(
  request: RequestHead,
  names: CookieNames,
  sessions: Pick<Sessions, "devices">,
): KnownDevice {
  const tokens = cookieValues(request.headers.get("cookie") ?? "", names.device);
  const genuine = tokens.flatMap((token) => sessions.devices.verify(token) ?? []);
  const [only, ...others] = new Set(genuine);
  const known = others.length === 0 ? only : undefined;
  const { deviceId, token } = sessions.devices.sign(known);
  return { deviceId, cookie: setDeviceCookie(token, names, isForeignPost(request)) };
}

/**
 * The callback of an identity provider that posts a form. A cookie that is to come with the next one must
 * be `SameSite=None`; the device cookie may be, since nothing is granted by it.
 */
function isForeignPost({ method, headers }: RequestHead): boolean {
  return method === "POST" && headers.get("sec-fetch-site") === "cross-site";
}
