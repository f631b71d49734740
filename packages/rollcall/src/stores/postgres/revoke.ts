import type { Revocation, SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Revoked } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { get } from "./find.js";
import { INSERT_REVOKED } from "./sql/event-sql.js";
import { ACTIVE, columns, ofUser, SET_REVOKED } from "./sql/session-sql.js";
import { HINT, type Statement, writing } from "./sql/statement.js";

export const REVOKE: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set ${SET_REVOKED}
  from ctx
  where s.id = :id::pg_catalog.uuid and ${ofUser("s")} and ${ACTIVE}
  returning ${columns("s")}, ctx.now
),
noted as (
  ${INSERT_REVOKED}
)
select ${columns("c")}, ${HINT}
from changed as c`);

/** Row and event in one statement; only an empty result is looked into. */
export async function revoke(
  scope: Scope,
  user: User,
  id: SessionId,
  { reason, actor }: Revocation,
  now: number | undefined,
): Promise<Revoked | null> {
  const owned = { id, userType: user.type, userId: user.id };
  const { processId } = scope;
  const values = { ...owned, reason, actor: JSON.stringify(actor), processId };
  const [changed] = await scope.write(REVOKE, now, values);
  if (changed !== undefined) return { session: toSession(changed, scope.report), changed: true };
  const session = await get(scope, user, id);
  return session === null ? null : { session, changed: false };
}
