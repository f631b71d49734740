import type { KeyRevocation, KeyRevoked } from "../../core/port/key-revocation.js";
import { sessionIdOf } from "../row.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { appendRevoked, revocationValues } from "./sql/event-sql.js";
import { ACTIVE, SET_REVOKED } from "./sql/session-sql.js";

/** The last session of a stretch of those that a key has touched; none: the stretch is the last. */
export const LAST_OF_STRETCH: string = `
SELECT session_id FROM rollcall_session_keys
WHERE key_id = :keyId AND session_id > :after
ORDER BY session_id LIMIT 1 OFFSET 999`;

export const REVOKE_BY_KEY: string = `
UPDATE rollcall_sessions SET ${SET_REVOKED}
WHERE id IN (
    SELECT session_id FROM rollcall_session_keys
    WHERE key_id = :keyId AND session_id > :after AND session_id <= :last
  ) AND ${ACTIVE} AND (acting IS NOT NULL) = :isActing
RETURNING id, user_type, user_id, access_until`;

/** Sorts behind every session: no id has a character that sorts behind it. */
const BEHIND_ALL = "~";

/** Ends one stretch of what a key has touched. There is one writer, so nothing is locked by others. */
export function revokeByKey(transaction: WriteTransaction, input: KeyRevocation): KeyRevoked {
  const { connection } = transaction;
  const { keyId, revocation, now = Date.now() } = input;
  const from = { keyId, after: input.after ?? "" };
  const [boundary] = connection.rows(LAST_OF_STRETCH, from);
  const next = boundary === undefined ? null : sessionIdOf(boundary, "session_id");
  const values = { ...from, ...revocationValues(revocation, now), last: next ?? BEHIND_ALL };
  // First where somebody acts: the end of another session would end those by its trigger, and then
  // this statement once more.
  const rows = [1, 0].flatMap((isActing) =>
    connection.rows(REVOKE_BY_KEY, { ...values, isActing }),
  );
  return { ended: appendRevoked(transaction, rows, revocation, now, null), next, left: false };
}
