import type { SessionId } from "../../core/model/session.js";
import type { Row } from "../row.js";
import type { Scope } from "./connection/scope.js";
import { insertEvents, OF_CHANGED, SYSTEM } from "./sql/event-sql.js";
import { ACTIVE, columns } from "./sql/session-sql.js";
import { arrayOf, HINT, type Statement, writing } from "./sql/statement.js";

/** Ends those of the sessions `:ids` that are active, since a superseded token came back. */
function revokeReusedStatement(locking: "" | " skip locked"): Statement {
  return writing(`
, locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.id = any(:ids::pg_catalog.text::pg_catalog.uuid[]) and ${ACTIVE}
  order by s.id
  for no key update of s${locking}
),
changed as (
  update rollcall_sessions as s
  set revoked_at = ctx.now, revoked_reason = 'refresh_token_reuse', revoked_by = ${SYSTEM}
  from locked cross join ctx
  where s.id = locked.id
  returning ${columns("s")}, ctx.now
),
noted as (
  ${insertEvents(
    { ...OF_CHANGED, type: "e.type", actor: SYSTEM, data: "e.data" },
    `changed as c cross join (values
    (1, 'session.reuse_detected', null),
    (2, 'session.revoked', '{"reason":"refresh_token_reuse"}'::pg_catalog.jsonb)
  ) as e (step, type, data)
  order by c.id, e.step`,
  )}
)
select ${columns("c")}, c.now, ${HINT}
from changed as c`);
}

export const REVOKE_REUSED: Statement = revokeReusedStatement("");

/** Leaves out sessions that others have locked. */
export const REVOKE_REUSED_UNLOCKED: Statement = revokeReusedStatement(" skip locked");

/** Returns the sessions that it ended. Unless `wait`, it leaves out those that others have locked. */
export function revokeReused(
  scope: Scope,
  ids: readonly SessionId[],
  now: number | undefined,
  wait: boolean,
): Promise<readonly Row[]> {
  const statement = wait ? REVOKE_REUSED : REVOKE_REUSED_UNLOCKED;
  return scope.write(statement, now, { ids: arrayOf(ids), processId: scope.processId });
}
