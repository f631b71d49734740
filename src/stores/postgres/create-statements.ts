import { columns } from "./rows.js";
import { NOW, reading, type Statement, writing } from "./statement.js";

/** The user's active sessions beyond the `$5` newest, but for `$4`, which is replaced anyway. */
function beyond(order: string): Statement {
  return reading(`
select s.id
from rollcall_sessions as s
where s.user_type = $2::text and s.user_id = $3::text
  and s.revoked_at is null and s.expires_at > ${NOW}
  and s.id is distinct from $4::uuid
order by ${order}
offset $5::int8`);
}

export const BEYOND_NEWEST: Statement = beyond("s.created_at desc, s.id");

export const BEYOND_LATEST_USED: Statement = beyond("s.last_used_at desc, s.created_at desc, s.id");

/**
 * A sign-in: locks the user, ends `$15` (replaced) and those of `$16` (evicted) that are active,
 * inserts the session and writes the events. No row: the proof (`$14`) is older than the user's
 * latest "everywhere". Where a limit is set, the user must have been locked by a statement before.
 */
export const CREATE: Statement = writing(`
, owner as (
  insert into rollcall_users as u (user_type, user_id, epoch, everywhere_at)
  select $3::text, $4::text, 0, null
  from ctx
  on conflict (user_type, user_id) do update set epoch = u.epoch
  returning u.everywhere_at
),
allowed as (
  select ctx.now
  from owner cross join ctx
  where $14::int8 is null or $14::int8 >= coalesce(owner.everywhere_at, 0)
),
locked as (
  select s.id, s.id is not distinct from $15::uuid as replaced
  from rollcall_sessions as s cross join allowed
  where (s.id = $15::uuid or s.id = any($16::text::uuid[]))
    and s.user_type = $3::text and s.user_id = $4::text
    and s.revoked_at is null and s.expires_at > allowed.now
  order by s.id
  for no key update of s
),
ended as (
  update rollcall_sessions as s
  set revoked_at = allowed.now,
    revoked_reason = case when locked.replaced then 'replaced' else 'evicted' end,
    revoked_by = case when locked.replaced then $17::text else '{"kind":"system"}' end::jsonb
  from locked cross join allowed
  where s.id = locked.id
  returning s.id, s.access_until, s.revoked_reason, s.revoked_by
),
created as (
  insert into rollcall_sessions as s (
    id, user_type, user_id, device_info, metadata, name, persistent,
    created_at, last_used_at, last_ip, idle_timeout, expires_at, absolute_expires_at,
    generation, predecessor, void_from, void_to, confirmed, rotated_at, key_id, access_until)
  select $5::uuid, $3::text, $4::text, $6::text::json, $7::text::json, null, $9::bool,
    now, now, $8::text, $10::int8, least(now + $10::int8, now + $11::int8), now + $11::int8,
    1, 0, 0, 0, 0, now, $12::text, least(now + $13::int8, now + $10::int8, now + $11::int8)
  from allowed
  returning ${columns("s")}
),
noted as (
  insert into rollcall_events (at, type, user_type, user_id, session_id, actor, origin, data)
  select allowed.now, e.type, $3::text, $4::text, e.session_id, e.actor, $18::text, e.data
  from allowed cross join (
    select 1 as step, 'session.evicted' as type, id as session_id, revoked_by as actor,
      null::jsonb as data
    from ended where revoked_reason = 'evicted'
    union all
    select 2, 'session.revoked', id, revoked_by, jsonb_build_object('reason', revoked_reason)
    from ended
    union all
    select 3, 'session.created', c.id, $17::text::jsonb, null from created as c
  ) as e
  order by e.step
)
select ${columns("c")},
  (select json_agg(json_build_object('id', id, 'access_until', access_until))::text from ended)
    as ended,
  pg_notify('rollcall', 'changed') as hinted
from created as c`);
