import { columns } from "./rows.js";
import { NOW, NOW_AFTER_LOCK, reading, type Statement, writing } from "./statement.js";

/*
 * Conventions. `$1` is the caller's clock or null, in `writing` statements `$2` the lock timeout.
 * Statements that lock several sessions lock them in the order of their ids, so that no two of
 * them wait for one another. Everything compares by code unit: the columns are COLLATE "C".
 */

const ACTIVE = "s.revoked_at is null and s.expires_at > ctx.now";

/** A column without a value would be dropped from a plain `select`; this one acts. */
const HINT = "pg_notify('rollcall', 'changed') as hinted";

const EVENT_COLUMNS = "at, type, user_type, user_id, session_id, actor, origin, data";

const SYSTEM = `'{"kind":"system"}'::jsonb`;

export const FIND: Statement = reading(`
select ${columns("s")}, ${NOW} as now
from rollcall_sessions as s
where s.id = $2::uuid`);

export const GET: Statement = reading(`
select ${columns("s")}
from rollcall_sessions as s
where s.id = $3::uuid and s.user_type = $1::text and s.user_id = $2::text`);

/** `$4`, `$5`: the session behind which the page starts. */
export const LIST: Statement = reading(`
select ${columns("s")}
from rollcall_sessions as s
where s.user_type = $2::text and s.user_id = $3::text
  and s.revoked_at is null and s.expires_at > ${NOW}
  and s.created_at <= $4::int8 and (s.created_at < $4::int8 or s.id > $5::uuid)
order by s.created_at desc, s.id
limit $6::int8`);

/** CONTRACT 4.1. Mirrors `rotated()` of the core for the decision `rotate`. */
export const ROTATE: Statement = writing(`
update rollcall_sessions as s
set generation = s.generation + 1,
  predecessor = s.generation,
  rotated_at = ctx.now,
  key_id = $5::text,
  last_used_at = greatest(s.last_used_at, ctx.now),
  last_ip = coalesce($6::text, s.last_ip),
  expires_at = greatest(
    s.expires_at, least(ctx.now + s.idle_timeout, s.absolute_expires_at)),
  access_until = greatest(
    s.access_until, least(ctx.now + $7::int8, ctx.now + s.idle_timeout, s.absolute_expires_at))
from ctx
where s.id = $3::uuid and s.generation = $4::int8 and ${ACTIVE}
returning ${columns("s")}, ctx.now`);

/**
 * Writes the decision `skip` or `ahead` (`$19`), made for the row as `$4` to `$7` describe it.
 * Columns that `touch` may have moved meanwhile only grow.
 */
export const ADVANCE: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set generation = $8::int8,
    predecessor = $9::int8,
    void_from = $10::int8,
    void_to = $11::int8,
    rotated_at = $12::int8,
    key_id = $13::text,
    last_used_at = greatest(s.last_used_at, $14::int8),
    last_ip = coalesce($15::text, s.last_ip),
    expires_at = greatest(s.expires_at, $16::int8),
    access_until = greatest(s.access_until, $17::int8)
  from ctx
  where s.id = $3::uuid and s.generation = $4::int8 and s.predecessor = $5::int8
    and s.confirmed = $6::int8 and s.rotated_at = $7::int8 and ${ACTIVE}
  returning ${columns("s")}, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, 'session.generation_ahead', c.user_type, c.user_id, c.id, ${SYSTEM}, $18::text, null
  from changed as c
  where $19::bool
)
select ${columns("c")}, c.now, case when $19::bool then pg_notify('rollcall', 'changed') end as hinted
from changed as c`);

/** Ends the sessions `$3` since a superseded token came back; those that are still active. */
export const END_REUSED: Statement = writing(`
, locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.id = any($3::text::uuid[]) and ${ACTIVE}
  order by s.id
  for no key update of s
),
changed as (
  update rollcall_sessions as s
  set revoked_at = ctx.now, revoked_reason = 'refresh_token_reuse', revoked_by = ${SYSTEM}
  from locked cross join ctx
  where s.id = locked.id
  returning ${columns("s")}, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, e.type, c.user_type, c.user_id, c.id, ${SYSTEM}, $4::text, e.data
  from changed as c cross join (values
    (1, 'session.reuse_detected', null),
    (2, 'session.revoked', '{"reason":"refresh_token_reuse"}'::jsonb)
  ) as e (step, type, data)
  order by c.id, e.step
)
select ${columns("c")}, c.now, ${HINT}
from changed as c`);

export const RENAME: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set name = $6::text
  from ctx
  where s.id = $5::uuid and s.user_type = $3::text and s.user_id = $4::text and ${ACTIVE}
  returning ${columns("s")}, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, 'session.renamed', c.user_type, c.user_id, c.id, $7::text::jsonb, $8::text, null
  from changed as c
)
select ${columns("c")}, ${HINT}
from changed as c`);

export const REVOKE: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set revoked_at = ctx.now, revoked_reason = $6::text, revoked_by = $7::text::jsonb
  from ctx
  where s.id = $5::uuid and s.user_type = $3::text and s.user_id = $4::text and ${ACTIVE}
  returning ${columns("s")}, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, 'session.revoked', c.user_type, c.user_id, c.id, $7::text::jsonb, $8::text,
    jsonb_build_object('reason', $6::text)
  from changed as c
)
select ${columns("c")}, ${HINT}
from changed as c`);

/**
 * Locks the user, whether or not there is a row yet. A statement of its own: what is counted or
 * ended under the lock must be read by a later snapshot. With `$5` it is an "everywhere", whose
 * time is that of the lock, not of the wait for it.
 */
export const LOCK_USER: Statement = writing(`
insert into rollcall_users as u (user_type, user_id, epoch, everywhere_at)
select $3::text, $4::text, 0, case when $5::bool then ${NOW_AFTER_LOCK} end
from ctx
on conflict (user_type, user_id) do update
set epoch = u.epoch + case when $5::bool then 1 else 0 end,
  everywhere_at = case
    when $5::bool then greatest(u.everywhere_at, ${NOW_AFTER_LOCK}) else u.everywhere_at end
returning u.everywhere_at`);

/** All active sessions of the user but `$5`. */
export const REVOKE_ALL: Statement = writing(`
, locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.user_type = $3::text and s.user_id = $4::text and ${ACTIVE}
    and s.id is distinct from $5::uuid
  order by s.id
  for no key update of s
),
changed as (
  update rollcall_sessions as s
  set revoked_at = ctx.now, revoked_reason = $6::text, revoked_by = $7::text::jsonb
  from locked cross join ctx
  where s.id = locked.id
  returning s.id, s.access_until, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, 'session.revoked', $3::text, $4::text, c.id, $7::text::jsonb, $8::text,
    jsonb_build_object('reason', $6::text)
  from changed as c
)
select c.id, c.access_until, ${HINT}
from changed as c`);

/** By arrays, since the planner takes a limit it does not know for a tenth of the table. */
export const PURGE: Statement = writing(`
, gone as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.absolute_expires_at < $3::int8 and s.access_until < $3::int8
  order by s.absolute_expires_at
  limit $4::int8
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
select count(*) as purged from purged`);

/** A hint that proves the way hints come. */
export const PROBE: Statement = reading("select pg_notify('rollcall', $1::text) as hinted");
