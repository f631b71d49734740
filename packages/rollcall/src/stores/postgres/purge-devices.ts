import { integerOf } from "../row.js";
import type { Scope } from "./connection/scope.js";
import { type Statement, writing } from "./sql/statement.js";

/** By an array, since the planner takes a limit it does not know for a tenth of the table. */
export const PURGE_DEVICES: Statement = writing(`
, gone as (
  select d.ctid as place
  from rollcall_devices as d cross join ctx
  where d.last_seen_at < :before::bigint
  order by d.last_seen_at
  limit :limit::bigint
  for update of d skip locked
),
purged as (
  delete from rollcall_devices as d
  where d.ctid = any(array(select gone.place from gone))
  returning d.device_id
)
select pg_catalog.count(*) as purged from purged`);

/** Forgets devices that nobody signed in on since; returns how many. */
export async function purgeDevices(scope: Scope, before: number, limit: number): Promise<number> {
  const [row] = await scope.write(PURGE_DEVICES, undefined, { before, limit });
  return row === undefined ? 0 : integerOf(row, "purged");
}
