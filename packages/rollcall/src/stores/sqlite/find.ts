import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Found } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { ReadTransaction } from "./connection/write-transaction.js";
import { COLUMNS, OF_USER } from "./sql/session-sql.js";

export const FIND: string = `SELECT ${COLUMNS} FROM rollcall_sessions WHERE id = :id`;

export const GET: string = `SELECT ${COLUMNS} FROM rollcall_sessions WHERE id = :id AND ${OF_USER}`;

/** By id alone: for those who have proven by a MAC that they hold the session. */
export function find(
  { connection, report }: ReadTransaction,
  id: SessionId,
  now: number = Date.now(),
): Found | null {
  const [row] = connection.rows(FIND, { id });
  return row === undefined ? null : { session: toSession(row, report), now };
}

export function get(
  { connection, report }: ReadTransaction,
  user: User,
  id: SessionId,
): StoredSession | null {
  const [row] = connection.rows(GET, { id, userType: user.type, userId: user.id });
  return row === undefined ? null : toSession(row, report);
}
