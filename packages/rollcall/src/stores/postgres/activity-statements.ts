import { type Statement, writing } from "./statement.js";

const ACTIVE = "s.revoked_at is null and s.expires_at > ctx.now";

/**
 * First uses: `confirmed` where the generation is current. Gives back the ids of those where it is
 * void, and (`left_out`) of those that others have locked.
 */
function confirm(locking: "" | " skip locked"): Statement {
  const isDue = `${ACTIVE} and (
    (u.generation = s.generation and s.confirmed < s.generation)
    or (s.void_to > 0 and u.generation between s.void_from and s.void_to)
  )`;
  return writing(`
, uses as (
  select u.id, u.generation
  from rows from (
    pg_catalog.unnest($3::pg_catalog.text::pg_catalog.uuid[]), pg_catalog.unnest($4::pg_catalog.text::bigint[])
  ) as u (id, generation)
),
due as (
  select distinct s.id
  from rollcall_sessions as s join uses as u on u.id = s.id cross join ctx
  where ${isDue}
),
locked as (
  select s.id, s.generation = u.generation as current
  from rollcall_sessions as s join uses as u on u.id = s.id cross join ctx
  where ${isDue} and s.id in (select due.id from due)
  order by s.id
  for no key update of s${locking}
),
confirmed as (
  update rollcall_sessions as s
  set confirmed = s.generation
  from locked
  where s.id = locked.id and locked.current
)
select distinct due.id, locked.id is null as left_out
from due left join locked on locked.id = due.id
where locked.id is null or not locked.current`);
}

/** Waits for locks: a refresh must not decide without the first use of its session. */
export const CONFIRM: Statement = confirm("");

/** Leaves out what others have locked, which must hold up nobody else's first use. */
export const CONFIRM_UNLOCKED: Statement = confirm(" skip locked");

/**
 * Last uses. What others have locked is left out, for a refresh must not wait for a flush of
 * thousands; gives back the ids left out. Both columns only grow, so the order of flushes is no
 * matter.
 */
export const TOUCH: Statement = writing(`
, uses as (
  select u.id, least(pg_catalog.max(u.at), ctx.now) as at
  from rows from (
    pg_catalog.unnest($3::pg_catalog.text::pg_catalog.uuid[]), pg_catalog.unnest($4::pg_catalog.text::bigint[])
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
