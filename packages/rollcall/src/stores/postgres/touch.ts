import type { SessionId } from "../../core/model/session.js";
import type { SessionUse } from "../../core/port/operations.js";
import { idOf } from "../row.js";
import type { Scope } from "./connection/scope.js";
import { ACTIVE } from "./sql/session-sql.js";
import { arrayOf, type Statement, writing } from "./sql/statement.js";

/**
 * Last uses. Rows that others have locked are left out, since a refresh must not wait for a flush of
 * thousands; returns their ids. Both columns only grow, so the order of flushes does not matter.
 */
export const TOUCH: Statement = writing(`
, uses as (
  select u.id, least(pg_catalog.max(u.at), ctx.now) as at
  from rows from (
    pg_catalog.unnest(:ids::pg_catalog.text::pg_catalog.uuid[]),
    pg_catalog.unnest(:times::pg_catalog.text::bigint[])
  ) as u (id, at) cross join ctx
  group by u.id, ctx.now
),
due as (
  select s.id
  from rollcall_sessions as s join uses as u on u.id = s.id cross join ctx
  where ${ACTIVE} and (
    u.at > s.last_used_at
    or least(u.at + s.idle_timeout, s.absolute_expires_at) > s.expires_at
  )
),
locked as (
  select s.id, u.at
  from rollcall_sessions as s join uses as u on u.id = s.id cross join ctx
  where ${ACTIVE} and s.id in (select due.id from due)
  order by s.id
  for no key update of s skip locked
),
touched as (
  update rollcall_sessions as s
  set last_used_at = greatest(s.last_used_at, locked.at),
    expires_at = greatest(
      s.expires_at, least(locked.at + s.idle_timeout, s.absolute_expires_at))
  from locked
  where s.id = locked.id
)
select due.id from due where due.id not in (select locked.id from locked)`);

/** So many rows at most are locked at once: a flush must not hold up the refreshes it meets. */
const CHUNK = 500;

/** Returns the ids of sessions that others had locked. */
export async function touch(
  scope: Scope,
  uses: readonly SessionUse[],
  now: number | undefined,
): Promise<readonly SessionId[]> {
  const left: SessionId[] = [];
  for (let start = 0; start < uses.length; start += CHUNK) {
    const chunk = uses.slice(start, start + CHUNK);
    const rows = await scope.write(TOUCH, now, {
      ids: arrayOf(chunk.map(({ id }) => id)),
      times: arrayOf(chunk.map(({ at }) => at)),
    });
    left.push(...rows.map(idOf));
  }
  return left;
}
