import type { User } from "../../core/model/user.js";
import { ERASED, type Erased, type Erasure } from "../../core/port/erasure.js";
import { integerOf, toRevokedEntry } from "../row.js";
import type { Database } from "./connection/scope.js";
import { REVOKE_ALL } from "./revoke-all.js";
import { LOCK_USER } from "./sql/lock-user.js";
import { ofUser } from "./sql/session-sql.js";
import { HINT, type Statement, textsOf, writing } from "./sql/statement.js";

/**
 * All sessions of the user. No index has the users of revoked ones, but each of those has an event,
 * `session.revoked` at least, and there is an index on the users of events.
 */
const THEIRS = `
theirs as (
  select e.session_id as id from rollcall_events as e where ${ofUser("e")}
  union
  select s.id from rollcall_sessions as s where ${ofUser("s")} and s.revoked_at is null
)`;

const LISTED = `s.id = any(array(select theirs.id from theirs)) and ${ofUser("s")}`;

/** Those not `isRefused` (core/port/erasure.ts), by `:margin`; with their events. */
export const DELETE_OVER: Statement = writing(`
,${THEIRS},
over as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where ${LISTED}
    and s.access_until <= ctx.now - :margin::bigint
    and (s.revoked_at <= ctx.now - :margin::bigint or s.revoked_at is null and s.expires_at <= ctx.now)
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

/** Must match `tombstone` of core/port/erasure.ts. */
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
    last_ip = null, kind = null, scopes = null,
    secret_hash = null, authenticated_at = ctx.now, methods = null, level = null, device_id = null, acting = null,
    last_user_agent = null,
    created_at = ctx.now, last_used_at = ctx.now,
    absolute_expires_at = s.access_until, revoked_at = coalesce(s.revoked_at, ctx.now),
    revoked_reason = :reason::pg_catalog.text,
    revoked_by = :actor::pg_catalog.text::pg_catalog.jsonb
  from ctx
  where s.id = any(array(select locked.id from locked))
  returning s.id, s.access_until
)
select c.id, c.access_until, ${HINT}
from changed as c`);

/** The ids, times and transactions of events stay, because cursors depend on them. */
export const FORGET_USER: Statement = writing(`
, told as (
  update rollcall_events as e
  set user_type = '', user_id = '', actor = :actor::pg_catalog.text::pg_catalog.jsonb,
    data = case e.type
      when 'session.revoked' then pg_catalog.jsonb_build_object('reason', :reason::pg_catalog.text)
      when 'session.claims_outdated' then e.data end
  from ctx
  where ${ofUser("e")}
),
devices as (
  delete from rollcall_devices as d using ctx where ${ofUser("d")}
)
delete from rollcall_users as u using ctx where ${ofUser("u")}`);

/** Forgets a user: one transaction, a constant number of statements. */
export function erase(database: Database, user: User, { margin, now }: Erasure): Promise<Erased> {
  const owner = { userType: user.type, userId: user.id };
  const values = { ...owner, reason: ERASED.reason, actor: JSON.stringify(ERASED.actor) };
  return database.transaction(async (scope) => {
    const { processId } = scope;
    await scope.write(LOCK_USER, now, { ...owner, isEverywhere: false });
    // The events that others must read; they are made anonymous with the rest below.
    await scope.write(REVOKE_ALL, now, {
      ...values,
      except: null,
      spared: textsOf([]),
      processId,
    });
    const [deleted] = await scope.write(DELETE_OVER, now, { ...owner, margin });
    const left = await scope.write(MAKE_TOMBSTONES, now, values);
    await scope.write(FORGET_USER, now, values);
    const over = deleted === undefined ? 0 : integerOf(deleted, "deleted");
    return { erased: over + left.length, refused: left.map(toRevokedEntry) };
  });
}
