import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Rename } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { ACTOR, insertEvents, OF_CHANGED } from "./sql/event-sql.js";
import { ACTIVE, columns, ofUser } from "./sql/session-sql.js";
import { HINT, NOW, reading, type Statement, writing } from "./sql/statement.js";

export const RENAME: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set name = :name::pg_catalog.text
  from ctx
  where s.id = :id::pg_catalog.uuid and ${ofUser("s")} and ${ACTIVE}
    and s.name is distinct from :name::pg_catalog.text
  returning ${columns("s")}, ctx.now
),
noted as (
  ${insertEvents({ ...OF_CHANGED, type: "'session.renamed'", actor: ACTOR, data: "null" }, "changed as c")}
)
select ${columns("c")}, ${HINT}
from changed as c`);

export const GET_ACTIVE: Statement = reading(`
select ${columns("s")}
from rollcall_sessions as s
where s.id = :id::pg_catalog.uuid and ${ofUser("s")}
  and s.revoked_at is null and s.expires_at > ${NOW}`);

/** Row and event in one statement; only an empty result is looked into. */
export async function rename(
  scope: Scope,
  user: User,
  id: SessionId,
  { name, actor, now }: Rename,
): Promise<StoredSession | null> {
  const owned = { id, userType: user.type, userId: user.id };
  const { processId } = scope;
  const values = { ...owned, name, actor: JSON.stringify(actor), processId };
  const [changed] = await scope.write(RENAME, now, values);
  if (changed !== undefined) return toSession(changed, scope.report);
  // The session has that name already, or there is no such session.
  const [row] = await scope.read(GET_ACTIVE, { ...owned, now: now ?? null });
  return row === undefined ? null : toSession(row, scope.report);
}
