import { isSessionId } from "../../core/model/session.js";
import type { KeyRevocation, KeyRevoked } from "../../core/port/key-revocation.js";
import { booleanOf, nullable, stringOf } from "../row.js";
import type { Scope } from "./connection/scope.js";
import { END_LOCKED } from "./sql/end-locked.js";
import { ACTIVE, entriesOf, toRevokedEntries } from "./sql/session-sql.js";
import { NOTIFY, type Statement, writing } from "./sql/statement.js";

/** Sorts before every session. */
const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

/**
 * Looks at a stretch of the sessions in the order of their ids, and ends those that the key
 * `:keyId` has touched. The length of a stretch is written into the text, so that the planner
 * knows it; ids are passed on as an array, so that the planner does not read the whole table for each.
 */
function revokeByKeyStatement(locking: "" | "skip locked"): Statement {
  const due = `${ACTIVE} and (s.key_id = :keyId::pg_catalog.text
    or pg_catalog.strpos(',' || s.key_ids || ',', ',' || :keyId::pg_catalog.text || ',') > 0)`;
  return writing(`
, stretch as materialized (
  select s.id from rollcall_sessions as s
  where s.id > :after::pg_catalog.uuid
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
${END_LOCKED}
select
  case when (select pg_catalog.count(*) from stretch) = 1000
    then (select stretch.id::pg_catalog.text from stretch order by stretch.id desc limit 1) end as next,
  ${entriesOf("changed")} as ended,
  (select pg_catalog.count(*) from due) > (select pg_catalog.count(*) from locked) as left_out,
  case when exists (select from changed) then ${NOTIFY} end as hinted`);
}

export const REVOKE_BY_KEY: Statement = revokeByKeyStatement("skip locked");
export const REVOKE_BY_KEY_WAITING: Statement = revokeByKeyStatement("");

/** Ends one stretch of what a key has touched. */
export async function revokeByKey(scope: Scope, input: KeyRevocation): Promise<KeyRevoked> {
  const { keyId, revocation, after, wait, now } = input;
  const [row] = await scope.write(wait ? REVOKE_BY_KEY_WAITING : REVOKE_BY_KEY, now, {
    keyId,
    after: after ?? BEFORE_ALL,
    reason: revocation.reason,
    actor: JSON.stringify(revocation.actor),
    processId: scope.processId,
  });
  if (row === undefined) throw new Error("revokeByKey gave no row");
  const next = nullable(stringOf, row, "next");
  return {
    ended: toRevokedEntries(row, "ended"),
    next: next !== null && isSessionId(next) ? next : null,
    left: booleanOf(row, "left_out"),
  };
}
