import type { Revocation, StoredSession } from "../model/session.js";

/** How long a process may believe what it has read of an API key, at most. In milliseconds. */
export const KEY_TRUST: number = 60 * 60_000;

/**
 * How long the end of an API key is remembered, so that every process that may still believe the key
 * hears of it. Twice as long, for revocations in transactions that stay open: a process may read the
 * key until they commit.
 */
export const KEY_END_REMEMBERED: number = 2 * KEY_TRUST;

/**
 * A session as it ends. An API key may have no end of its own, and then nothing says when it may be
 * forgotten: so that is counted from here. Pure: the memory store uses it, the SQL mirrors it.
 */
export function ended(
  session: StoredSession,
  { reason, actor }: Revocation,
  at: number,
): StoredSession {
  const revoked = { ...session, revokedAt: at, revokedReason: reason, revokedBy: actor };
  if (session.secretHash === null) return revoked;
  const until = at + KEY_END_REMEMBERED;
  return {
    ...revoked,
    accessUntil: Math.max(session.accessUntil, until),
    absoluteExpiresAt: Math.min(session.absoluteExpiresAt, until),
  };
}

/**
 * A session whose claims were true until now. Access tokens of its generation are refused; an API key,
 * which nobody rotates, moves one generation on, so that whoever reads it again may believe it. Pure: the
 * memory store uses it, the SQL mirrors it.
 */
export function outdated(session: StoredSession, at: number): StoredSession {
  const { generation, accessUntil, secretHash } = session;
  const isKey = secretHash !== null;
  const until = isKey ? at + KEY_END_REMEMBERED : accessUntil;
  return {
    ...session,
    generation: isKey ? generation + 1 : generation,
    outdatedTo: generation,
    outdatedUntil: Math.max(until, (session.outdatedUntil ?? 0) + 1),
  };
}
