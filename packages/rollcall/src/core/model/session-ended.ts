import type { Actor, RevocationReason, StoredSession } from "./session.js";

/** How a session ended, as whoever holds a token of it may know. */
export interface SessionEnded {
  /** One of {@link RevocationReason}, or `"expired"`. */
  readonly reason: RevocationReason;
  /** `self`: the session itself; `user`: another session of its owner; `admin`: staff; `system`: Rollcall. */
  readonly by: Actor["kind"];
  readonly at: Date;
}

/** How a revoked session ended; `undefined` when it has not been revoked. */
export function revocationOf(session: StoredSession): SessionEnded | undefined {
  const { revokedAt, revokedReason, revokedBy } = session;
  if (revokedAt === null || revokedReason === null) return undefined;
  return { reason: revokedReason, by: revokedBy?.kind ?? "system", at: new Date(revokedAt) };
}

/** How a session ended that nobody revoked. */
export function expiryOf({ expiresAt }: StoredSession): SessionEnded {
  return { reason: "expired", by: "system", at: new Date(expiresAt) };
}
