import { columns } from "./rows.js";
import { HINT, NOW, reading, type Statement, writing } from "./statement.js";

/** The user's active sessions beyond the `$5` newest, but for `$4`, which is replaced anyway. */
function beyond(order: string): Statement {
  return reading(`
select s.id
from rollcall_sessions as s
where s.user_type = $2::pg_catalog.text and s.user_id = $3::pg_catalog.text
  and s.revoked_at is null and s.expires_at > ${NOW}
  and s.id is distinct from $4::pg_catalog.uuid
order by ${order}
offset $5::bigint`);
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
  select $3::pg_catalog.text, $4::pg_catalog.text, 0, null
  from ctx
  on conflict (user_type, user_id) do update set epoch = u.epoch
  returning u.everywhere_at
),
allowed as (
  select ctx.now
  from owner cross join ctx
  where $14::bigint is null or $14::bigint >= coalesce(owner.everywhere_at, 0)
),
locked as (
  select s.id, s.id is not distinct from $15::pg_catalog.uuid as replaced
  from rollcall_sessions as s cross join allowed
  where (s.id = $15::pg_catalog.uuid or s.id = any($16::pg_catalog.text::pg_catalog.uuid[]))
    and s.user_type = $3::pg_catalog.text and s.user_id = $4::pg_catalog.text
    and s.revoked_at is null and s.expires_at > allowed.now
  order by s.id
  for no key update of s
),
ended as (
  update rollcall_sessions as s
  set revoked_at = allowed.now,
    revoked_reason = case when locked.replaced then 'replaced' else 'evicted' end,
    revoked_by = case when locked.replaced then $17::pg_catalog.text else '{"kind":"system"}' end::pg_catalog.jsonb
  from locked cross join allowed
  where s.id = locked.id
  returning s.id, s.access_until, s.revoked_reason, s.revoked_by
),
created as (
  insert into rollcall_sessions as s (
    id, user_type, user_id, device_info, metadata, name, persistent,
    created_at, last_used_at, last_ip, idle_timeout, expires_at, absolute_expires_at,
    generation, predecessor, void_from, void_to, confirmed, rotated_at, key_id, key_ids,
    access_until)
  select $5::pg_catalog.uuid, $3::pg_catalog.text, $4::pg_catalog.text, $6::pg_catalog.text::pg_catalog.json, $7::pg_catalog.text::pg_catalog.json, null, $9::boolean,
    now, now, $8::pg_catalog.text, $10::bigint, least(now + $10::bigint, now + $11::bigint), now + $11::bigint,
    1, 0, 0, 0, 0, now, $12::pg_catalog.text, $12::pg_catalog.text,
    least(now + $13::bigint, now + $10::bigint, now + $11::bigint)
  from allowed
  returning ${columns("s")}
),
noted as (
  insert into rollcall_events (at, type, user_type, user_id, session_id, actor, origin, data)
  select allowed.now, e.type, $3::pg_catalog.text, $4::pg_catalog.text, e.session_id, e.actor, $18::pg_catalog.text, e.data
  from allowed cross join (
    select 1 as step, 'session.evicted' as type, id as session_id, revoked_by as actor,
      null::pg_catalog.jsonb as data
    from ended where revoked_reason = 'evicted'
    union all
    select 2, 'session.revoked', id, revoked_by, pg_catalog.jsonb_build_object('reason', revoked_reason)
    from ended
    union all
    select 3, 'session.created', c.id, $17::pg_catalog.text::pg_catalog.jsonb, null from created as c
  ) as e
  order by e.step
)
select ${columns("c")},
  (select pg_catalog.json_agg(pg_catalog.json_build_object('id', id, 'access_until', access_until))::pg_catalog.text from ended)
    as ended,
  ${HINT}
from created as c`);
