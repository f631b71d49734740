import type { ReplacedCredentials } from "./credentials.js";
import type { DeviceInfo } from "./device.js";
import type { JsonObject } from "./json.js";
import type { Actor, RevocationReason } from "./session.js";

/** Options of `sessions.start`. */
export interface StartOptions {
  /**
   * Recorded unchanged (JSON, at most 4 kB). See `deviceFromRequest`.
   * @default none
   * @remarks If you do not use `signIn` of `rollcall/http`, which records it by itself.
   */
  readonly device?: DeviceInfo;
  /**
   * The application's own data (JSON, 4 kB).
   * @default none
   */
  readonly metadata?: JsonObject;
  /**
   * One of the `kinds` of `createSessions`, except those whose sessions are API keys.
   * @default none: the session has the limits of `createSessions` itself
   * @remarks By what the user signs in with, and whether they asked to stay signed in.
   */
  readonly kind?: string;
  /**
   * `false`: the user did not ask to stay signed in: cookies last until the browser is closed, and the session may be idle for a day at most.
   * @default that of the kind, or true
   * @remarks Pass the state of the checkbox "Keep me signed in".
   */
  readonly persistent?: boolean;
  /**
   * When the application authenticated the user: the time before the password was read, for
   * instance. A sign-in that was authenticated before the user's latest `revokeAll` is refused.
   * @default not known; with `signIn` of `rollcall/http`, when the request arrived
   * @remarks If you call `start` yourself: take the time before you read the password.
   */
  readonly authenticatedAt?: Date;
  /**
   * By what means the application authenticated the user: names of RFC 8176, such as `["pwd", "otp"]`.
   * They come with every access token, as `amr`.
   * @default not said
   * @remarks When some of your routes ask for a second factor.
   */
  readonly methods?: readonly string[];
  /**
   * The device that the user signs in on, 1 to 255 characters: several sessions have it in common, its
   * name outlives them, and a new one is told of (`device.first_seen`). Whoever can choose it can pass
   * for a known device, so take it from `sessions.devices.verify`, not from the client.
   * @default not known; with cookies of `rollcall/http`, what the device cookie says
   * @remarks For apps, which keep no cookies.
   */
  readonly deviceId?: string;
  /**
   * How sure you are that it is the user: one of `levels` of `createSessions`. Its limits count beside
   * those of the session, and it comes with every access token, as `acr`.
   * @default none, which is below all of them
   * @remarks When some of your routes ask for a level.
   */
  readonly level?: string;
  /**
   * A session that this one replaces; if it is active it ends with the reason `replaced`. Pass the
   * id of a session of the same user, or the tokens of a session.
   * @default none
   * @remarks If a sign-in replaces another. `signIn` of `rollcall/http` does it by itself.
   */
  readonly replaces?: string | ReplacedCredentials;
}

/** Options of `sessions.actAs`. */
export interface ActAsOptions {
  /**
   * Why, such as the number of a ticket: 1 to 200 characters. It is kept with the session.
   * @default none
   * @remarks To find out later why somebody acted as a user.
   */
  readonly reason?: string;
  /**
   * The kind of the session, one of `kinds` of `createSessions`, for limits of its own.
   * @default none: 15 minutes idle, one hour in all
   * @remarks When whoever acts needs longer, or should be let in for less.
   */
  readonly kind?: string;
  /**
   * The device of whoever acts, recorded as by `start`.
   * @default not known; with `actAs` of `rollcall/http`, what the request says
   * @remarks If you do not use `rollcall/http`.
   */
  readonly device?: DeviceInfo;
  /**
   * The application's own data (JSON, 4 kB).
   * @default none
   */
  readonly metadata?: JsonObject;
}

/** Options of `sessions.refresh`. */
export interface RefreshOptions {
  /**
   * The client's address. A change is told of (`session.address_changed`).
   * @default not known
   * @remarks If you do not use the routes of `rollcall/http`, which pass it on.
   */
  readonly ip?: string;
  /**
   * The client's user agent. A change is told of (`session.user_agent_changed`), unless the sign-in
   * recorded none.
   * @default not known
   * @remarks If you do not use the routes of `rollcall/http`, which pass it on.
   */
  readonly userAgent?: string;
}

/** Options of `sessions.reauthenticate`: what the application has just found out. */
export interface ReauthenticateOptions {
  /** By what means the user was authenticated this time, such as `["pwd", "otp"]` (RFC 8176). */
  readonly methods: readonly string[];
  /**
   * The level that this authentication reached: one of `levels` of `createSessions`. Required where
   * there are any. The session has this level from now on, be it higher or lower than before.
   * @default none, where there are no levels
   * @remarks Wherever there are levels.
   */
  readonly level?: string;
  /**
   * When it was: the time before the password was read, for instance. One of before the user's
   * latest `revokeAll` or `onFactorChange` is refused.
   * @default now; with `reauthenticate` of `rollcall/http`, when the request arrived
   * @remarks If you call `sessions.reauthenticate` yourself: take the time before you read the password.
   */
  readonly authenticatedAt?: Date;
}

/** Options of `sessions.onFactorChange`. */
export interface FactorChangeOptions {
  /**
   * The id of the session that stays: that of whoever changed the password or the second factor.
   * @default none stays
   * @remarks When the user has changed it themselves, from a session.
   */
  readonly keep?: string;
  /**
   * One of `levels` of `createSessions`: sessions at this level or above stay too.
   * @default no level spares a session
   * @remarks After a new second factor, when sessions that have used one already may stay.
   */
  readonly belowLevel?: string;
  /**
   * Who did it. It is kept as `revokedBy` and comes with the event.
   * @default `{ kind: "system" }`
   * @remarks Whenever a person did it.
   */
  readonly actor?: Actor;
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
