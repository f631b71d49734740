import type { DeviceInfo } from "./device.js";
import type { JsonObject } from "./json.js";
import type { User } from "./user.js";

declare const sessionIdBrand: unique symbol;

/**
 * The id of a session: a random UUID with 122 unguessable bits. It never changes while tokens
 * rotate. It is not a secret, and nothing accepts it as proof of anything.
 */
export type SessionId = string & { readonly [sessionIdBrand]: true };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a value has the shape of a session id. Says nothing about whether the session exists. */
export function isSessionId(value: unknown): value is SessionId {
  // Not the pattern alone, which would accept an array of one id: it converts its argument to a string.
  return typeof value === "string" && UUID.test(value);
}

/**
 * Why a session ended. Applications may pass reasons of their own (1 to 64 characters).
 *
 * | reason | by |
 * | --- | --- |
 * | `logout` | the session itself |
 * | `revoked` | another session of the user, or the application |
 * | `revoke_others`, `revoke_all` | "sign out the other devices", "everywhere" |
 * | `refresh_token_reuse` | a refresh token or access token of a superseded generation came back |
 * | `factor_changed` | `onFactorChange`: the password or a second factor was changed |
 * | `evicted` | a newer sign-in, when `maxPerUser` was reached |
 * | `replaced` | a sign-in made from within the session, or in the browser whose cookies held it |
 * | `user_gone` | `claimsFor` answered `null` |
 * | `erased` | `sessions.erase` |
 * | `key_compromised` | a key that the session used was dropped as compromised |
 * | `actor_ended` | the session of whoever acted as the user ended |
 * | `stopped_acting` | whoever acted as the user went back to their own session |
 * | `disavowed` | the link "this wasn't me" of a notice |
 */
export type RevocationReason =
  | "logout"
  | "revoked"
  | "revoke_others"
  | "revoke_all"
  | "refresh_token_reuse"
  | "factor_changed"
  | "evicted"
  | "replaced"
  | "user_gone"
  | "erased"
  | "key_compromised"
  | "actor_ended"
  | "stopped_acting"
  | "disavowed"
  | (string & Record<never, never>);

/** Who did something to a session. */
export interface Actor {
  /** `self`: the session itself; `user`: another session of its owner; `admin`: staff; `system`: Rollcall. */
  readonly kind: "self" | "user" | "admin" | "system";
  /** The session that acted, if a session did. */
  readonly sessionId?: SessionId;
  /** The application's own id of the person who acted, if it gave one. */
  readonly id?: string;
}

/** Why and by whom a session was ended. The first revocation wins; nothing overwrites it. */
export interface Revocation {
  readonly reason: RevocationReason;
  readonly actor: Actor;
}

/** Who acts as the user of a session (RFC 8693 §4.1): a member of staff, from a session of their own. */
export interface SessionActor {
  readonly user: User;
  readonly sessionId: SessionId;
  /** Why, as given to `sessions.actAs`. Kept with the session; access tokens do not say it. */
  readonly reason?: string;
}

/** A session as stores keep it. Times are integers in milliseconds since the epoch. */
export interface StoredSession {
  readonly id: SessionId;
  readonly user: User;
  /** What the application recorded at sign-in, verbatim. */
  readonly deviceInfo: DeviceInfo | null;
  readonly metadata: JsonObject | null;
  readonly name: string | null;
  /** `false`: the cookies last until the browser is closed. */
  readonly persistent: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly lastIp: string | null;
  /** How long the session may be idle, fixed at sign-in. */
  readonly idleTimeout: number;
  /** The earlier of the idle deadline and the absolute limit. */
  readonly expiresAt: number;
  readonly absoluteExpiresAt: number;
  /** The current generation of the refresh token. The first is 1. */
  readonly generation: number;
  /** The previous generation, accepted within the retry window; 0 when there is none. */
  readonly predecessor: number;
  /** Generations `skippedFrom` to `skippedTo` were issued but never used, then skipped; 0 when none. */
  readonly skippedFrom: number;
  readonly skippedTo: number;
  /** The highest generation known to have been used. While it is lower than `generation`, that one is unused. */
  readonly confirmed: number;
  readonly rotatedAt: number;
  /** The key of the current refresh token, so that a retry returns the same bytes. */
  readonly keyId: string;
  /** The latest expiry of any access token issued. A revocation is remembered until then. */
  readonly accessUntil: number;
  readonly revokedAt: number | null;
  readonly revokedReason: RevocationReason | null;
  readonly revokedBy: Actor | null;
  /** One of the application's `kinds`. */
  readonly kind: string | null;
  /** What an API key may do; `null` for every other session. */
  readonly scopes: readonly string[] | null;
  /** SHA-256 of the secret of an API key, in base64url. */
  readonly secretHash: string | null;
  /** When the application authenticated the user; `null` in rows of a release that did not keep it. */
  readonly authenticatedAt: number | null;
  /** By what means (RFC 8176). */
  readonly methods: readonly string[] | null;
  /** How sure the application was (`acr`). */
  readonly level: string | null;
  readonly deviceId: string | null;
  /** The user agent last seen; `null` where none was recorded at the sign-in. */
  readonly lastUserAgent: string | null;
  readonly actor: SessionActor | null;
  /** Access tokens of generations up to this one are refused, since their claims are out of date. */
  readonly outdatedTo: number | null;
  /** The latest expiry of those tokens. */
  readonly outdatedUntil: number | null;
  /** Refresh tokens of generations up to this one were replaced when the user authenticated again. */
  readonly supersededTo: number | null;
}

/** What a session says of itself in each of its access tokens. */
export type SessionContext = Pick<StoredSession, "kind" | "methods" | "level" | "actor"> & {
  /** `null`: not known, as in tokens of a release that did not say. */
  readonly authenticatedAt: number | null;
};

/** What the tokens of a session say of it. */
export function contextOf(session: StoredSession): SessionContext {
  const { kind, methods, level, actor } = session;
  return { kind, methods, level, actor, authenticatedAt: authenticationTime(session) };
}

/** When its user was authenticated: for rows of a release that did not keep it, the sign-in. */
export function authenticationTime(
  session: Pick<StoredSession, "authenticatedAt" | "createdAt">,
): number {
  return session.authenticatedAt ?? session.createdAt;
}

/** Whether a session is neither revoked nor expired. */
export function isActive(session: StoredSession, now: number): boolean {
  return session.revokedAt === null && session.expiresAt > now;
}
