import { columns } from "./rows.js";
import {
  CHANNEL,
  HINT,
  NOTIFY,
  NOW,
  NOW_AFTER_LOCK,
  reading,
  type Statement,
  writing,
} from "./statement.js";

/*
 * Conventions. `$1` is the caller's clock or null, in `writing` statements `$2` the lock timeout.
 * Statements that lock several sessions lock them in the order of their ids, so that no two of
 * them wait for one another. Everything compares by code unit: the columns are COLLATE "C".
 */

const ACTIVE = "s.revoked_at is null and s.expires_at > ctx.now";

const EVENT_COLUMNS = "at, type, user_type, user_id, session_id, actor, origin, data";

const SYSTEM = `'{"kind":"system"}'::pg_catalog.jsonb`;

export const FIND: Statement = reading(`
select ${columns("s")}, ${NOW} as now
from rollcall_sessions as s
where s.id = $2::pg_catalog.uuid`);

export const GET: Statement = reading(`
select ${columns("s")}
from rollcall_sessions as s
where s.id = $3::pg_catalog.uuid and s.user_type = $1::pg_catalog.text and s.user_id = $2::pg_catalog.text`);

export const GET_ACTIVE: Statement = reading(`
select ${columns("s")}
from rollcall_sessions as s
where s.id = $4::pg_catalog.uuid and s.user_type = $2::pg_catalog.text
  and s.user_id = $3::pg_catalog.text and s.revoked_at is null and s.expires_at > ${NOW}`);

/** `$4`, `$5`: the session behind which the page starts. */
export const LIST: Statement = reading(`
select ${columns("s")}
from rollcall_sessions as s
where s.user_type = $2::pg_catalog.text and s.user_id = $3::pg_catalog.text
  and s.revoked_at is null and s.expires_at > ${NOW}
  and s.created_at <= $4::bigint and (s.created_at < $4::bigint or s.id > $5::pg_catalog.uuid)
order by s.created_at desc, s.id
limit $6::bigint`);

/** The key ids of a row, one of them at the least. They hold no comma. */
const KEY_IDS = "(case when s.key_ids = '' then s.key_id else s.key_ids end)";

function lacks(list: string, keyId: string): string {
  return `pg_catalog.strpos(',' || ${list} || ',', ',' || ${keyId} || ',') = 0`;
}

/** `key_ids` once a token under `presented` has led to one under `signing`. */
function keyIdsWith(presented: string, signing: string): string {
  return `${KEY_IDS}
    || case when ${lacks(KEY_IDS, presented)} then ',' || ${presented} else '' end
    || case when ${lacks(KEY_IDS, signing)} and ${signing} <> ${presented}
      then ',' || ${signing} else '' end`;
}

/** Contract §4.1. Mirrors `rotated()` of the core for the decision `rotate`. */
export const ROTATE: Statement = writing(`
update rollcall_sessions as s
set generation = s.generation + 1,
  predecessor = s.generation,
  rotated_at = ctx.now,
  key_id = $5::pg_catalog.text,
  key_ids = ${keyIdsWith("$8::pg_catalog.text", "$5::pg_catalog.text")},
  last_used_at = greatest(s.last_used_at, ctx.now),
  last_ip = coalesce($6::pg_catalog.text, s.last_ip),
  expires_at = greatest(
    s.expires_at, least(ctx.now + s.idle_timeout, s.absolute_expires_at)),
  access_until = greatest(
    s.access_until, least(ctx.now + $7::bigint, ctx.now + s.idle_timeout, s.absolute_expires_at))
from ctx
where s.id = $3::pg_catalog.uuid and s.generation = $4::bigint and ${ACTIVE}
returning ${columns("s")}, ctx.now`);

/**
 * Writes the decision `skip` or `ahead` (`$19`), made for the row as `$4` to `$7` describe it.
 * Columns that `touch` may have moved meanwhile only grow.
 */
export const ADVANCE: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set generation = $8::bigint,
    predecessor = $9::bigint,
    void_from = $10::bigint,
    void_to = $11::bigint,
    rotated_at = $12::bigint,
    key_id = $13::pg_catalog.text,
    key_ids = ${keyIdsWith("$20::pg_catalog.text", "$13::pg_catalog.text")},
    last_used_at = greatest(s.last_used_at, $14::bigint),
    last_ip = coalesce($15::pg_catalog.text, s.last_ip),
    expires_at = greatest(s.expires_at, $16::bigint),
    access_until = greatest(s.access_until, $17::bigint)
  from ctx
  where s.id = $3::pg_catalog.uuid and s.generation = $4::bigint and s.predecessor = $5::bigint
    and s.confirmed = $6::bigint and s.rotated_at = $7::bigint and ${ACTIVE}
  returning ${columns("s")}, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, 'session.generation_ahead', c.user_type, c.user_id, c.id, ${SYSTEM}, $18::pg_catalog.text, null
  from changed as c
  where $19::boolean
)
select ${columns("c")}, c.now, case when $19::boolean then ${NOTIFY} end as hinted
from changed as c`);

/** A retry under a key that its session has not seen yet. */
export const TOUCHED_BY: Statement = writing(`
update rollcall_sessions as s
set key_ids = ${KEY_IDS} || ',' || $4::pg_catalog.text
from ctx
where s.id = $3::pg_catalog.uuid and ${ACTIVE} and ${lacks(KEY_IDS, "$4::pg_catalog.text")}
returning s.id`);

/** Ends the sessions `$3` since a superseded token came back; those that are still active. */
function endReused(locking: "" | " skip locked"): Statement {
  return writing(`
, locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.id = any($3::pg_catalog.text::pg_catalog.uuid[]) and ${ACTIVE}
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
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, e.type, c.user_type, c.user_id, c.id, ${SYSTEM}, $4::pg_catalog.text, e.data
  from changed as c cross join (values
    (1, 'session.reuse_detected', null),
    (2, 'session.revoked', '{"reason":"refresh_token_reuse"}'::pg_catalog.jsonb)
  ) as e (step, type, data)
  order by c.id, e.step
)
select ${columns("c")}, c.now, ${HINT}
from changed as c`);
}

export const END_REUSED: Statement = endReused("");

/** Those of a batch that nobody has locked. */
export const END_REUSED_UNLOCKED: Statement = endReused(" skip locked");

export const RENAME: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set name = $6::pg_catalog.text
  from ctx
  where s.id = $5::pg_catalog.uuid and s.user_type = $3::pg_catalog.text and s.user_id = $4::pg_catalog.text and ${ACTIVE}
    and s.name is distinct from $6::pg_catalog.text
  returning ${columns("s")}, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, 'session.renamed', c.user_type, c.user_id, c.id, $7::pg_catalog.text::pg_catalog.jsonb, $8::pg_catalog.text, null
  from changed as c
)
select ${columns("c")}, ${HINT}
from changed as c`);

export const REVOKE: Statement = writing(`
, changed as (
  update rollcall_sessions as s
  set revoked_at = ctx.now, revoked_reason = $6::pg_catalog.text, revoked_by = $7::pg_catalog.text::pg_catalog.jsonb
  from ctx
  where s.id = $5::pg_catalog.uuid and s.user_type = $3::pg_catalog.text and s.user_id = $4::pg_catalog.text and ${ACTIVE}
  returning ${columns("s")}, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, 'session.revoked', c.user_type, c.user_id, c.id, $7::pg_catalog.text::pg_catalog.jsonb, $8::pg_catalog.text,
    pg_catalog.jsonb_build_object('reason', $6::pg_catalog.text)
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
select $3::pg_catalog.text, $4::pg_catalog.text, 0, case when $5::boolean then ${NOW_AFTER_LOCK} end
from ctx
on conflict (user_type, user_id) do update
set epoch = u.epoch + case when $5::boolean then 1 else 0 end,
  everywhere_at = case
    when $5::boolean then greatest(u.everywhere_at, ${NOW_AFTER_LOCK}) else u.everywhere_at end
returning u.everywhere_at`);

/** All active sessions of the user but `$5`. */
export const REVOKE_ALL: Statement = writing(`
, locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.user_type = $3::pg_catalog.text and s.user_id = $4::pg_catalog.text and ${ACTIVE}
    and s.id is distinct from $5::pg_catalog.uuid
  order by s.id
  for no key update of s
),
changed as (
  update rollcall_sessions as s
  set revoked_at = ctx.now, revoked_reason = $6::pg_catalog.text, revoked_by = $7::pg_catalog.text::pg_catalog.jsonb
  from locked cross join ctx
  where s.id = locked.id
  returning s.id, s.access_until, ctx.now
),
noted as (
  insert into rollcall_events (${EVENT_COLUMNS})
  select c.now, 'session.revoked', $3::pg_catalog.text, $4::pg_catalog.text, c.id, $7::pg_catalog.text::pg_catalog.jsonb, $8::pg_catalog.text,
    pg_catalog.jsonb_build_object('reason', $6::pg_catalog.text)
  from changed as c
)
select c.id, c.access_until, ${HINT}
from changed as c`);

/** By arrays, since the planner takes a limit it does not know for a tenth of the table. */
export const PURGE: Statement = writing(`
, gone as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.absolute_expires_at < $3::bigint and s.access_until < $3::bigint
  order by s.absolute_expires_at
  limit $4::bigint
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

/** A hint that proves the way hints come. */
export const PROBE: Statement = reading(
  `select pg_catalog.pg_notify(${CHANNEL}, $1::pg_catalog.text) as hinted`,
);
