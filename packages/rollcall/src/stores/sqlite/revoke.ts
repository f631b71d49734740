import type { Revocation, SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Revoked } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { get } from "./find.js";
import { appendRevoked, revocationValues } from "./sql/event-sql.js";
import { ACTIVE, COLUMNS, OF_USER, SET_REVOKED } from "./sql/session-sql.js";

export const REVOKE: string = `
UPDATE rollcall_sessions SET ${SET_REVOKED}
WHERE id = :id AND ${OF_USER} AND ${ACTIVE}
RETURNING ${COLUMNS}`;

export function revoke(
  transaction: WriteTransaction,
  user: User,
  id: SessionId,
  revocation: Revocation,
  now: number = Date.now(),
): Revoked | null {
  const owned = { id, userType: user.type, userId: user.id };
  const changed = { ...owned, ...revocationValues(revocation, now) };
  const [row] = transaction.connection.rows(REVOKE, changed);
  if (row === undefined) {
    const session = get(transaction, user, id);
    return session === null ? null : { session, changed: false };
  }
  appendRevoked(transaction, [row], revocation, now, null);
  return { session: toSession(row, transaction.report), changed: true };
}
