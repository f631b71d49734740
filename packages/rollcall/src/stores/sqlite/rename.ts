import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Rename } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { appendEvents } from "./sql/event-sql.js";
import { ACTIVE, COLUMNS, OF_USER } from "./sql/session-sql.js";

export const RENAME: string = `
UPDATE rollcall_sessions SET name = :name
WHERE id = :id AND ${OF_USER} AND ${ACTIVE} AND name IS NOT :name
RETURNING ${COLUMNS}`;

export const GET_ACTIVE: string = `
SELECT ${COLUMNS} FROM rollcall_sessions WHERE id = :id AND ${OF_USER} AND ${ACTIVE}`;

export function rename(
  transaction: WriteTransaction,
  user: User,
  id: SessionId,
  { name, actor, now = Date.now() }: Rename,
): StoredSession | null {
  const { connection, report } = transaction;
  const values = { id, userType: user.type, userId: user.id, now };
  const [row] = connection.rows(RENAME, { ...values, name });
  if (row === undefined) {
    // The session has that name already, or there is no such session.
    const [same] = connection.rows(GET_ACTIVE, values);
    return same === undefined ? null : toSession(same, report);
  }
  appendEvents(transaction, now, [{ type: "session.renamed", user, sessionId: id, actor }]);
  return toSession(row, report);
}
