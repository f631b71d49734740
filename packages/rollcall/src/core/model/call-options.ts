import type { ReplacedCredentials } from "./credentials.js";
import type { DeviceInfo } from "./device.js";
import type { JsonObject } from "./json.js";
import type { Actor, RevocationReason } from "./session.js";

/** Options of `sessions.start`. */
export interface StartOptions {
  /**
   * Recorded verbatim (JSON, 4 kB); see `deviceFromRequest`.
   * @default none
   * @remarks Where `signIn` of `rollcall/http` is not used, which records it by itself.
   */
  readonly device?: DeviceInfo;
  /**
   * The application's own data (JSON, 4 kB).
   * @default none
   */
  readonly metadata?: JsonObject;
  /**
   * `false`: "don't keep me signed in": browser-session cookies, idle limit of a day at most.
   * @default true
   * @remarks To what the box "Keep me signed in" of your form says.
   */
  readonly persistent?: boolean;
  /**
   * When the user was proven (before the password was read, say). A sign-in proven before the
   * user's latest "everywhere" is refused.
   * @default not known; with `signIn` of `rollcall/http`, when the request arrived
   * @remarks Where you call `start` yourself: note the time before you read the password.
   */
  readonly authenticatedAt?: Date;
  /**
   * The session in whose place this one comes (reason `replaced`), if it is active: by its id one of
   * the same user, or by a token of it, which in a transaction of yours is judged there.
   * @default none
   * @remarks Where a sign-in takes the place of another. `signIn` of `rollcall/http` does it by itself.
   */
  readonly replaces?: string | ReplacedCredentials;
}

/** Who ends a session, and why. */
export interface RevokeOptions {
  /**
   * Why: 1 to 64 printable ASCII characters. It is kept as `revokedReason` and comes with the event.
   * @default "revoked", "revoke_others" or "revoke_all"
   * @remarks To tell your own reasons apart, such as `"password_changed"`.
   */
  readonly reason?: RevocationReason;
  /**
   * Who did it. It is kept as `revokedBy` and comes with the event.
   * @default `{ kind: "system" }`
   * @remarks Whenever a person did it: `{ kind: "admin", id: "7" }`.
   */
  readonly actor?: Actor;
}
