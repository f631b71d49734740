import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Update } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { getActive } from "./get-active.js";
import { ACTOR, insertEvents, OF_CHANGED } from "./sql/event-sql.js";
import { ACTIVE, columns, ofUser } from "./sql/session-sql.js";
import { HINT, type Statement, writing } from "./sql/statement.js";

const METADATA = ":metadata::pg_catalog.text";

/** Metadata is kept verbatim, so what is the same is the same text. */
export const UPDATE: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set metadata = ${METADATA}::pg_catalog.json
  from ctx
  where s.id = :id::pg_catalog.uuid and ${ofUser("s")} and ${ACTIVE}
    and s.metadata::pg_catalog.text is distinct from ${METADATA}
  returning ${columns("s")}, ctx.now
),
noted as (
  ${insertEvents({ ...OF_CHANGED, type: "'session.updated'", actor: ACTOR, data: "null" }, "changed as c")}
)
select ${columns("c")}, ${HINT}
from changed as c`);

/** Row and event in one statement; only an empty result is looked into. */
export async function update(
  scope: Scope,
  user: User,
  id: SessionId,
  { metadata, actor, now }: Update,
): Promise<StoredSession | null> {
  const [changed] = await scope.write(UPDATE, now, {
    id,
    userType: user.type,
    userId: user.id,
    metadata: metadata === null ? null : JSON.stringify(metadata),
    actor: JSON.stringify(actor),
    processId: scope.processId,
  });
  if (changed !== undefined) return toSession(changed, scope.report);
  // The session has that metadata already, or there is no such session.
  return await getActive(scope, user, id, now);
}
