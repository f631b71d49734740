import { HINT, type Statement, writing } from "./statement.js";

/** Whose rows: `$3` and `$4`. */
const OF_USER = (alias: string): string =>
  `${alias}.user_type = $3::pg_catalog.text and ${alias}.user_id = $4::pg_catalog.text`;

/**
 * All sessions of the user. There is no index on the users of ended ones; but each of those has an
 * event, `session.revoked` at least, and events have one.
 */
const THEIRS = `
theirs as (
  select e.session_id as id from rollcall_events as e where ${OF_USER("e")}
  union
  select s.id from rollcall_sessions as s where ${OF_USER("s")} and s.revoked_at is null
)`;

const LISTED = `s.id = any(array(select theirs.id from theirs)) and ${OF_USER("s")}`;

/** Those not `isRefused`, of core/erasure.ts, by the margin `$5`; with their events. */
export const DELETE_OVER: Statement = writing(`
,${THEIRS},
over as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where ${LISTED}
    and s.access_until <= ctx.now - $5::bigint
    and (s.revoked_at <= ctx.now - $5::bigint or s.revoked_at is null and s.expires_at <= ctx.now)
  order by s.id
  for update of s
),
untold as (
  delete from rollcall_events as e where e.session_id = any(array(select over.id from over))
),
deleted as (
  delete from rollcall_sessions as s where s.id = any(array(select over.id from over))
  returning s.id
)
select pg_catalog.count(*) as deleted from deleted`);

/** Must match `tombstone` of core/erasure.ts. Reason and actor are `$5` and `$6`. */
export const MAKE_TOMBSTONES: Statement = writing(`
,${THEIRS},
locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where ${LISTED}
  order by s.id
  for no key update of s
),
changed as (
  update rollcall_sessions as s
  set user_type = '', user_id = '', device_info = null, metadata = null, name = null,
    last_ip = null, created_at = ctx.now, last_used_at = ctx.now,
    absolute_expires_at = s.access_until, revoked_at = coalesce(s.revoked_at, ctx.now),
    revoked_reason = $5::pg_catalog.text,
    revoked_by = $6::pg_catalog.text::pg_catalog.jsonb
  from ctx
  where s.id = any(array(select locked.id from locked))
  returning s.id, s.access_until
)
select c.id, c.access_until, ${HINT}
from changed as c`);

/** Their ids, times and transactions stay: cursors go by them. */
export const FORGET_USER: Statement = writing(`
, told as (
  update rollcall_events as e
  set user_type = '', user_id = '', actor = $6::pg_catalog.text::pg_catalog.jsonb,
    data = case when e.type = 'session.revoked'
      then pg_catalog.jsonb_build_object('reason', $5::pg_catalog.text) end
  from ctx
  where ${OF_USER("e")}
)
delete from rollcall_users as u using ctx where ${OF_USER("u")}`);
