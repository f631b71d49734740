import type { SessionId } from "./session.js";

/** A device id, with the token that proves who gave it. */
export interface DeviceToken {
  readonly deviceId: string;
  /** At most 1,200 characters of `A-Z a-z 0-9 . _ -`. */
  readonly token: string;
}

/** A "this wasn't me" link that is genuine and has not expired. */
export interface Disavowal {
  readonly sessionId: SessionId;
  readonly expiresAt: Date;
}

/**
 * The devices that people sign in on: `sessions.devices`. With cookies, `signIn` of `rollcall/http` does
 * all of this by itself.
 */
export interface Devices {
  /**
   * Signs the id of a device, for clients that keep no cookies: hand the token out with the sign-in, and
   * pass what {@link Devices.verify} reads from it as `deviceId` of the next one. Without an id it makes
   * a random one. No I/O.
   *
   * @example
   * ```ts
   * import type { Sessions, SignIn } from "rollcall";
   *
   * export async function signInApp(sessions: Sessions, userId: string, deviceToken: string) {
   *   const known = sessions.devices.verify(deviceToken) ?? undefined;
   *   const device = sessions.devices.sign(known);
   *   const user = { type: "user", id: userId };
   *   const signedIn: SignIn = await sessions.start(user, { deviceId: device.deviceId });
   *   return { tokens: signedIn.tokens, deviceToken: device.token };
   * }
   * ```
   *
   * @throws TypeError unless the id is a string of 1 to 255 characters.
   */
  sign(deviceId?: string): DeviceToken;

  /**
   * The id in a genuine device token, of whatever user; `null` for anything else. It says that this
   * server gave the id out, and nothing about who holds it. No I/O.
   */
  verify(token: string): string | null;

  /**
   * The token of a "this wasn't me" link for a session, good for seven days. Whoever has it can end that
   * session and younger ones of its device, and nothing else. `disavowLink` of `rollcall/http` makes the
   * whole link. No I/O.
   *
   * @throws TypeError unless it is the id of a session.
   */
  disavowalToken(sessionId: string): string;

  /** What a link is about; `null` if it is forged or has expired. No I/O, so that mail scanners cost nothing. */
  verifyDisavowal(token: string): Disavowal | null;

  /**
   * "This wasn't me": ends the session of the link and every younger one of the user on its device, with
   * the reason `disavowed`, and forgets the device, so that its next sign-in is told of again. Returns how
   * many sessions it ended: a second time 0, also if the user has signed in there since.
   *
   * @throws SessionError `malformed_request` if the link is forged or has expired, `store_unavailable`.
   */
  disavow(token: string): Promise<number>;
}
