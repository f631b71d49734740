import { isActive, type StoredSession } from "./session.js";

/** What a re-authentication needs besides the row. Times and durations in milliseconds. */
export interface ReauthenticationSettings {
  /** The generation of the token by which the caller proved the session. */
  readonly presented: number;
  readonly keyId: string;
  readonly methods: readonly string[];
  readonly level: string | null;
  /** `null`: now. */
  readonly authenticatedAt: number | null;
  readonly idleTimeout: number;
  /** Counts from the sign-in. */
  readonly absoluteTimeout: number;
  /** Counts from the authentication. */
  readonly levelTimeout: number;
  readonly accessTokenTtl: number;
}

/**
 * What becomes of a re-authentication. SQL in the stores must match this table.
 *
 * - `superseded`: the session was re-authenticated since the caller's token was issued, so that two
 *   at once do not take each other's tokens away.
 * - `outdated`: the user was authenticated before their latest "everywhere", by a password that has
 *   been changed since, perhaps.
 */
export type ReauthenticationDecision =
  | "reauthenticate"
  | "revoked"
  | "expired"
  | "superseded"
  | "outdated";

/** The decision table of a re-authentication. Pure. */
export function decideReauthentication(
  session: StoredSession,
  { presented, authenticatedAt }: Pick<ReauthenticationSettings, "presented" | "authenticatedAt">,
  everywhereAt: number | null,
  now: number,
): ReauthenticationDecision {
  if (session.revokedAt !== null) return "revoked";
  if (!isActive(session, now)) return "expired";
  if (presented <= (session.supersededTo ?? 0)) return "superseded";
  return (authenticatedAt ?? now) < (everywhereAt ?? 0) ? "outdated" : "reauthenticate";
}

/**
 * The row after a re-authentication. Pure: the memory store uses it, the SQL mirrors it.
 *
 * No predecessor: none of the former refresh tokens may lead to the new ones, however fresh it is.
 * `confirmed` stays, and lies below the new generation, which nobody has used yet.
 */
export function reauthenticated(
  session: StoredSession,
  settings: ReauthenticationSettings,
  now: number,
): StoredSession {
  const former = Math.max(session.generation, settings.presented);
  const { idleTimeout } = settings;
  const authenticatedAt = Math.min(settings.authenticatedAt ?? now, now);
  const absoluteExpiresAt = Math.min(
    session.createdAt + settings.absoluteTimeout,
    authenticatedAt + settings.levelTimeout,
  );
  const expiresAt = Math.min(now + idleTimeout, absoluteExpiresAt);
  return {
    ...session,
    generation: former + 1,
    predecessor: 0,
    supersededTo: former,
    outdatedTo: former,
    outdatedUntil: Math.max(session.accessUntil, (session.outdatedUntil ?? 0) + 1),
    rotatedAt: now,
    keyId: settings.keyId,
    lastUsedAt: Math.max(session.lastUsedAt, now),
    authenticatedAt,
    methods: settings.methods,
    level: settings.level,
    idleTimeout,
    expiresAt,
    absoluteExpiresAt,
    accessUntil: Math.max(session.accessUntil, Math.min(now + settings.accessTokenTtl, expiresAt)),
  };
}
