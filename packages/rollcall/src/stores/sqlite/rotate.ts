import { decide, movesOf, rotated, type SeenFrom } from "../../core/model/rotation.js";
import type { StoredSession } from "../../core/model/session.js";
import type { Rotation, RotationOutcome } from "../../core/port/operations.js";
import { nullable, type Row, stringOf } from "../row.js";
import { sessionValues, toSession } from "../session-columns.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { find } from "./find.js";
import { revokeReused } from "./revoke-reused.js";
import { appendEvents, SYSTEM } from "./sql/event-sql.js";
import { ACTIVE, COLUMNS } from "./sql/session-sql.js";

/** Must match `rotated` of the core for the decision `rotate`. */
export const ROTATE: string = `
UPDATE rollcall_sessions SET
  generation = generation + 1,
  predecessor = generation,
  rotated_at = :now,
  key_id = :keyId,
  last_used_at = max(last_used_at, :now),
  last_ip = coalesce(:ip, last_ip),
  last_user_agent = CASE WHEN last_user_agent IS NOT NULL THEN coalesce(:userAgent, last_user_agent) END,
  expires_at = max(expires_at, min(:now + idle_timeout, absolute_expires_at)),
  access_until = max(access_until,
    min(:now + :accessTokenTtl, :now + idle_timeout, absolute_expires_at))
WHERE id = :id AND generation = :presented AND ${ACTIVE}
RETURNING ${COLUMNS}`;

/** What `rotated` of the core changes, for the decisions `skip` and `ahead`. */
export const ADVANCE: string = `
UPDATE rollcall_sessions SET
  generation = :generation,
  predecessor = :predecessor,
  void_from = :skippedFrom,
  void_to = :skippedTo,
  rotated_at = :rotatedAt,
  key_id = :keyId,
  last_used_at = :lastUsedAt,
  last_ip = :lastIp,
  last_user_agent = :lastUserAgent,
  expires_at = :expiresAt,
  access_until = :accessUntil
WHERE id = :id`;

/** What the session was used from until now. `RETURNING` has only what it is used from after. */
export const SEEN_FROM: string = `
SELECT last_ip, last_user_agent FROM rollcall_sessions WHERE id = :id`;

/** The key of the token that was presented. Keys of tokens that we issued are there, by triggers. */
export const ADD_KEY: string = `
INSERT OR IGNORE INTO rollcall_session_keys (key_id, session_id) VALUES (:keyId, :id)`;

/**
 * Presents a generation. The good case is one UPDATE; whoever gets its row has rotated. An empty
 * result is looked into with the core's own decision table, under the same write lock.
 */
export function rotate(transaction: WriteTransaction, input: Rotation): RotationOutcome {
  const answer = decideAndWrite(transaction, input);
  if (answer.outcome === "rotated" || answer.outcome === "retried") {
    transaction.connection.run(ADD_KEY, { id: input.id, keyId: input.presentedKeyId });
  }
  return answer;
}

function decideAndWrite(transaction: WriteTransaction, input: Rotation): RotationOutcome {
  const { connection, report } = transaction;
  const { id, presented, keyId, ip, userAgent, accessTokenTtl, now = Date.now() } = input;
  const values = { id, presented, keyId, ip, userAgent, accessTokenTtl, now };
  const isSeenFrom = ip !== null || userAgent !== null;
  const [before] = isSeenFrom ? connection.rows(SEEN_FROM, { id }) : [];
  const [row] = connection.rows(ROTATE, values);
  if (row !== undefined) {
    const session = toSession(row, report);
    if (before !== undefined) appendMoves(transaction, toSeenFrom(before), session, now);
    return { outcome: "rotated", session, now };
  }

  const found = find(transaction, id, now);
  if (found === null) return { outcome: "unknown" };
  const { session } = found;
  const decision = decide(session, presented, now, input.retryWindow);
  switch (decision) {
    case "superseded":
    case "revoked":
    case "expired":
      return { outcome: decision, session, now };
    case "retry":
      return { outcome: "retried", session, now };
    case "reuse": {
      const [ended] = revokeReused(transaction, [id], now).rows;
      const left = ended === undefined ? session : toSession(ended, report);
      return { outcome: "reused", session: left, now };
    }
    default: {
      const moved = rotated(session, decision, input, now);
      connection.run(ADVANCE, sessionValues(moved));
      if (decision === "ahead") {
        const { user, id: sessionId } = session;
        const event = { type: "session.generation_ahead", user, sessionId, actor: SYSTEM } as const;
        appendEvents(transaction, now, [event]);
      }
      appendMoves(transaction, session, moved, now);
      return { outcome: "rotated", session: moved, now };
    }
  }
}

function toSeenFrom(row: Row): SeenFrom {
  return {
    lastIp: nullable(stringOf, row, "last_ip"),
    lastUserAgent: nullable(stringOf, row, "last_user_agent"),
  };
}

function appendMoves(
  transaction: WriteTransaction,
  before: SeenFrom,
  { user, id: sessionId, ...after }: StoredSession,
  now: number,
): void {
  const events = movesOf(before, after).map(({ type, from, to }) => ({
    type,
    user,
    sessionId,
    actor: { kind: "self", sessionId } as const,
    data: { from, to },
  }));
  appendEvents(transaction, now, events);
}
