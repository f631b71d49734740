import { integerOf } from "../row.js";
import type { Scope } from "./connection/scope.js";
import { type Statement, writing } from "./sql/statement.js";

/** By arrays, since the planner takes a limit it does not know for a tenth of the table. */
export const PURGE: Statement = writing(`
, gone as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.absolute_expires_at < :before::bigint and s.access_until < :before::bigint
  order by s.absolute_expires_at
  limit :limit::bigint
  for update of s skip locked
),
forgotten as (
  delete from rollcall_events as e where e.session_id = any(array(select gone.id from gone))
),
purged as (
  delete from rollcall_sessions as s
  where s.id = any(array(select gone.id from gone))
  returning s.id
)
select pg_catalog.count(*) as purged from purged`);

/** Deletes sessions past their absolute limit, with their events; returns how many. */
export async function purge(scope: Scope, before: number, limit: number): Promise<number> {
  const [row] = await scope.write(PURGE, undefined, { before, limit });
  return row === undefined ? 0 : integerOf(row, "purged");
}
