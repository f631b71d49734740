import { decideReauthentication } from "../../core/model/reauthentication.js";
import type { SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Reauthentication, ReauthenticationOutcome } from "../../core/port/operations.js";
import { integerOf, nullable } from "../row.js";
import { toSession } from "../session-columns.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { get } from "./find.js";
import { appendEvents } from "./sql/event-sql.js";
import { ACTIVE, COLUMNS, OF_USER } from "./sql/session-sql.js";

export const TIMES_OF_USER: string = `
SELECT everywhere_at, claims_at FROM rollcall_users WHERE ${OF_USER}`;

const ABSOLUTE = "min(created_at + :absoluteTimeout, :authenticatedAt + :levelTimeout)";

/** Must match `reauthenticated` of the core. */
export const REAUTHENTICATE: string = `
UPDATE rollcall_sessions SET
  generation = max(generation, :presented) + 1,
  predecessor = 0,
  superseded_to = max(generation, :presented),
  outdated_to = max(generation, :presented),
  outdated_until = max(access_until, coalesce(outdated_until, 0) + 1),
  rotated_at = :now,
  key_id = :keyId,
  last_used_at = max(last_used_at, :now),
  authenticated_at = :authenticatedAt,
  methods = :methods,
  level = :level,
  idle_timeout = :idleTimeout,
  absolute_expires_at = ${ABSOLUTE},
  expires_at = min(:now + :idleTimeout, ${ABSOLUTE}),
  access_until = max(access_until,
    min(:now + :accessTokenTtl, :now + :idleTimeout, ${ABSOLUTE}))
WHERE id = :id AND ${OF_USER} AND ${ACTIVE}
  AND :presented > coalesce(superseded_to, 0) AND :proven >= :everywhereAt
RETURNING ${COLUMNS}`;

/** One UPDATE under the write lock; only an empty result is looked into. */
export function reauthenticate(
  transaction: WriteTransaction,
  user: User,
  id: SessionId,
  { now = Date.now(), ...input }: Reauthentication,
): ReauthenticationOutcome {
  const { connection, report } = transaction;
  const owner = { userType: user.type, userId: user.id };
  const [times] = connection.rows(TIMES_OF_USER, owner);
  const everywhereAt = times === undefined ? 0 : integerOf(times, "everywhere_at");
  const claimsAt = times === undefined ? null : nullable(integerOf, times, "claims_at");
  const { authenticatedAt, methods, level } = input;
  const [row] = connection.rows(REAUTHENTICATE, {
    ...input,
    ...owner,
    id,
    now,
    methods: JSON.stringify(methods),
    authenticatedAt: Math.min(authenticatedAt ?? now, now),
    proven: authenticatedAt ?? now,
    everywhereAt,
  });
  if (row !== undefined) {
    const actor = { kind: "self", sessionId: id } as const;
    const event = { type: "session.reauthenticated", user, sessionId: id, actor } as const;
    appendEvents(transaction, now, [{ ...event, data: { methods, level } }]);
    return { outcome: "reauthenticated", session: toSession(row, report), now, claimsAt };
  }
  const session = get(transaction, user, id);
  if (session === null) return { outcome: "unknown" };
  const decision = decideReauthentication(session, input, everywhereAt, now);
  if (decision === "reauthenticate") throw new Error("the statement and the table disagree");
  return { outcome: decision, session, now };
}
