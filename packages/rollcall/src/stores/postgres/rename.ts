import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Rename } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { getActive } from "./get-active.js";
import { ACTOR, insertEvents, OF_CHANGED } from "./sql/event-sql.js";
import { ACTIVE, columns, ofUser } from "./sql/session-sql.js";
import { HINT, type Statement, writing } from "./sql/statement.js";

const NAME = ":name::pg_catalog.text";

/**
 * Names a session, or with one of a device the device and all its sessions. The device is locked
 * first, as a sign-in does, which takes its name from there.
 */
export const RENAME: Statement = writing(`
, target as (
  select s.device_id
  from rollcall_sessions as s cross join ctx
  where s.id = :id::pg_catalog.uuid and ${ofUser("s")} and ${ACTIVE}
),
named as (
  update rollcall_devices as d
  set name = ${NAME}
  from target
  where ${ofUser("d")} and d.device_id = target.device_id and d.name is distinct from ${NAME}
  returning d.device_id
),
locked as (
  select s.id
  from rollcall_sessions as s cross join ctx cross join target left join named on true
  where ${ofUser("s")} and ${ACTIVE} and s.name is distinct from ${NAME}
    and (s.id = :id::pg_catalog.uuid or s.device_id = target.device_id)
  order by s.id
  for no key update of s
),
changed as (
  update rollcall_sessions as s
  set name = ${NAME}
  from locked cross join ctx
  where s.id = locked.id
  returning ${columns("s")}, ctx.now
),
noted as (
  ${insertEvents({ ...OF_CHANGED, type: "'session.renamed'", actor: ACTOR, data: "null" }, "changed as c")}
)
select ${columns("c")}, ${HINT}
from changed as c`);

/** Rows and events in one statement; only an empty result is looked into. */
export async function rename(
  scope: Scope,
  user: User,
  id: SessionId,
  { name, actor, now }: Rename,
): Promise<StoredSession | null> {
  const owned = { id, userType: user.type, userId: user.id };
  const { processId } = scope;
  const values = { ...owned, name, actor: JSON.stringify(actor), processId };
  const renamed = await scope.write(RENAME, now, values);
  const changed = renamed.find((row) => row["id"] === id);
  if (changed !== undefined) return toSession(changed, scope.report);
  // The session has that name already, or there is no such session.
  return await getActive(scope, user, id, now);
}
