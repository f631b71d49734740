import type { SessionSummary } from "../../core/model/session-summary.js";
import type { User } from "../../core/model/user.js";
import type { ListPage } from "../../core/port/operations.js";
import { integerOf, readable, stringOf } from "../row.js";
import { toSummary } from "../session-columns.js";
import type { ReadTransaction } from "./connection/write-transaction.js";
import { ACTIVE, OF_USER, SUMMARY } from "./sql/session-sql.js";

export const LIST: string = `
SELECT ${SUMMARY} FROM rollcall_sessions
WHERE ${OF_USER} AND ${ACTIVE}
  AND created_at <= :afterCreatedAt AND (created_at < :afterCreatedAt OR id > :afterId)
ORDER BY created_at DESC, id LIMIT :limit`;

/** Where the first page starts: sorts before every session. */
const BEFORE_ALL = { createdAt: Number.MAX_SAFE_INTEGER, id: "" };

/** A page of the user's active sessions. A row left out must not make it look like the last one. */
export function list(
  { connection, report }: ReadTransaction,
  user: User,
  { limit, after, now = Date.now() }: ListPage,
): readonly SessionSummary[] {
  const owner = { userType: user.type, userId: user.id, now };
  const page: SessionSummary[] = [];
  let { createdAt, id }: { createdAt: number; id: string } = after ?? BEFORE_ALL;
  while (page.length < limit) {
    const missing = limit - page.length;
    const place = { afterCreatedAt: createdAt, afterId: id, limit: missing };
    const rows = connection.rows(LIST, { ...owner, ...place });
    page.push(...readable("session", rows, (row) => toSummary(user, row, report), report));
    const last = rows.at(-1);
    if (last === undefined || rows.length < missing) break;
    createdAt = integerOf(last, "created_at");
    id = stringOf(last, "id");
  }
  return page;
}
