import { isSessionId } from "../../core/model/session.js";
import type { KeyRevocation, KeyRevoked } from "../../core/port/key-revocation.js";
import { booleanOf, nullable, textOf } from "../row.js";
import { toRevokedEntries } from "./rows.js";
import type { Scope } from "./scope.js";
import { NOTIFY, type Statement, writing } from "./statement.js";

/** Before every session. */
const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

/**
 * Looks at a stretch of the sessions in the order of their ids, and ends those that key `$4` has
 * touched. The length of a stretch stands in the text, so that the planner knows it; by an array, so
 * that it does not read the whole table for each.
 */
function endByKeyStatement(locking: string): Statement {
  const due = `s.revoked_at is null and s.expires_at > ctx.now
    and (s.key_id = $4::pg_catalog.text or pg_catalog.strpos(',' || s.key_ids || ',', ',' || $4::pg_catalog.text || ',') > 0)`;
  return writing(`
, stretch as materialized (
  select s.id from rollcall_sessions as s
  where s.id > $3::pg_catalog.uuid
  order by s.id
  limit 1000
),
due as materialized (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.id = any(array(select stretch.id from stretch)) and ${due}
),
locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.id = any(array(select due.id from due)) and ${due}
  order by s.id
  for no key update of s ${locking}
),
changed as (
  update rollcall_sessions as s
  set revoked_at = ctx.now, revoked_reason = $5::pg_catalog.text, revoked_by = $6::pg_catalog.text::pg_catalog.jsonb
  from locked cross join ctx
  where s.id = locked.id
  returning s.id, s.user_type, s.user_id, s.access_until, ctx.now
),
noted as (
  insert into rollcall_events (at, type, user_type, user_id, session_id, actor, origin, data)
  select c.now, 'session.revoked', c.user_type, c.user_id, c.id, $6::pg_catalog.text::pg_catalog.jsonb, $7::pg_catalog.text,
    pg_catalog.jsonb_build_object('reason', $5::pg_catalog.text)
  from changed as c
)
select
  case when (select pg_catalog.count(*) from stretch) = 1000
    then (select stretch.id::pg_catalog.text from stretch order by stretch.id desc limit 1) end as next,
  (select pg_catalog.json_agg(pg_catalog.json_build_object('id', c.id, 'access_until', c.access_until))::pg_catalog.text
    from changed as c) as ended,
  (select pg_catalog.count(*) from due) > (select pg_catalog.count(*) from locked) as left_out,
  case when exists (select from changed) then ${NOTIFY} end as hinted`);
}

export const END_BY_KEY: Statement = endByKeyStatement("skip locked");
export const END_BY_KEY_WAITING: Statement = endByKeyStatement("");

export async function revokeByKey(scope: Scope, input: KeyRevocation): Promise<KeyRevoked> {
  const { keyId, revocation, after, wait, now } = input;
  const statement = wait ? END_BY_KEY_WAITING : END_BY_KEY;
  const actor = JSON.stringify(revocation.actor);
  const values = [after ?? BEFORE_ALL, keyId, revocation.reason, actor, scope.processId];
  const [row] = await scope.write(statement, now, values);
  if (row === undefined) throw new Error("revokeByKey gave no row");
  const next = nullable(textOf, row, "next");
  return {
    ended: toRevokedEntries(row, "ended"),
    next: next !== null && isSessionId(next) ? next : null,
    left: booleanOf(row, "left_out"),
  };
}
