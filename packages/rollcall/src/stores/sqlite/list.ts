import type { StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { ListPage } from "../../core/port/store.js";
import { integerOf, readable, textOf, toSession } from "../row.js";
import * as sql from "./statements.js";
import type { Writing } from "./writing.js";

/** Sorts behind every session: where the first page of a list starts. */
const BEFORE_ALL = { createdAt: Number.MAX_SAFE_INTEGER, id: "" };

/** A page of the user's active sessions. A row left out must not make it look like the last one. */
export function list(
  { connection, report }: Pick<Writing, "connection" | "report">,
  user: User,
  { limit, after, now = Date.now() }: ListPage,
): readonly StoredSession[] {
  const owner = { userType: user.type, userId: user.id, now };
  const page: StoredSession[] = [];
  let { createdAt, id }: { createdAt: number; id: string } = after ?? BEFORE_ALL;
  while (page.length < limit) {
    const missing = limit - page.length;
    const place = { afterCreatedAt: createdAt, afterId: id, limit: missing };
    const rows = connection.rows(sql.LIST, { ...owner, ...place });
    page.push(...readable("session", rows, (row) => toSession(row, report), report));
    const last = rows.at(-1);
    if (last === undefined || rows.length < missing) break;
    createdAt = integerOf(last, "created_at");
    id = textOf(last, "id");
  }
  return page;
}
