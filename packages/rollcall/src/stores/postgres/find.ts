import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Found } from "../../core/port/operations.js";
import { integerOf } from "../row.js";
import { toSession } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { columns, ofUser } from "./sql/session-sql.js";
import { NOW, reading, type Statement } from "./sql/statement.js";

export const FIND: Statement = reading(`
select ${columns("s")}, ${NOW} as now
from rollcall_sessions as s
where s.id = :id::pg_catalog.uuid`);

export const GET: Statement = reading(`
select ${columns("s")}
from rollcall_sessions as s
where s.id = :id::pg_catalog.uuid and ${ofUser("s")}`);

/** By id alone: for those who have proven by a MAC that they hold the session. */
export async function find(
  scope: Scope,
  id: SessionId,
  now: number | undefined,
): Promise<Found | null> {
  const [row] = await scope.read(FIND, { id, now: now ?? null });
  return row === undefined
    ? null
    : { session: toSession(row, scope.report), now: integerOf(row, "now") };
}

export async function get(scope: Scope, user: User, id: SessionId): Promise<StoredSession | null> {
  const [row] = await scope.read(GET, { id, userType: user.type, userId: user.id });
  return row === undefined ? null : toSession(row, scope.report);
}
