import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Update } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { GET_ACTIVE } from "./rename.js";
import { appendEvents } from "./sql/event-sql.js";
import { ACTIVE, COLUMNS, OF_USER } from "./sql/session-sql.js";

/** Metadata is kept verbatim, so what is the same is the same text. */
export const UPDATE: string = `
UPDATE rollcall_sessions SET metadata = :metadata
WHERE id = :id AND ${OF_USER} AND ${ACTIVE} AND metadata IS NOT :metadata
RETURNING ${COLUMNS}`;

export function update(
  transaction: WriteTransaction,
  user: User,
  id: SessionId,
  { metadata, actor, now = Date.now() }: Update,
): StoredSession | null {
  const { connection, report } = transaction;
  const values = { id, userType: user.type, userId: user.id, now };
  const text = metadata === null ? null : JSON.stringify(metadata);
  const [row] = connection.rows(UPDATE, { ...values, metadata: text });
  if (row === undefined) {
    // The session has that metadata already, or there is no such session.
    const [same] = connection.rows(GET_ACTIVE, values);
    return same === undefined ? null : toSession(same, report);
  }
  appendEvents(transaction, now, [{ type: "session.updated", user, sessionId: id, actor }]);
  return toSession(row, report);
}
