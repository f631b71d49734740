import { integerOf } from "../row.js";
import type { Scope } from "./connection/scope.js";
import { type Statement, writing } from "./sql/statement.js";

/** By an array, since the planner takes a limit it does not know for a tenth of the table. */
export const PURGE_EVENTS: Statement = writing(`
, gone as (
  select e.id
  from rollcall_events as e cross join ctx
  where e.at < :before::bigint and e.type <> 'session.revoked'
  order by e.at
  limit :limit::bigint
  for update of e skip locked
),
purged as (
  delete from rollcall_events as e
  where e.id = any(array(select gone.id from gone))
  returning e.id
)
select pg_catalog.count(*) as purged from purged`);

/** Deletes old events, except the revocations of sessions that are kept; returns how many. */
export async function purgeEvents(scope: Scope, before: number, limit: number): Promise<number> {
  const [row] = await scope.write(PURGE_EVENTS, undefined, { before, limit });
  return row === undefined ? 0 : integerOf(row, "purged");
}
