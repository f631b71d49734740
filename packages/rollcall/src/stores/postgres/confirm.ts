import type { SessionId } from "../../core/model/session.js";
import type { Confirmed, GenerationUse, RevokedEntry } from "../../core/port/operations.js";
import { booleanOf, idOf, toRevokedEntry } from "../row.js";
import type { Scope } from "./connection/scope.js";
import { revokeReused } from "./revoke-reused.js";
import { ACTIVE } from "./sql/session-sql.js";
import { arrayOf, type Statement, writing } from "./sql/statement.js";

/**
 * First uses: sets `confirmed` where the generation is current. Returns the ids of those where it is
 * a skipped one, and (`left_out`) of those that others have locked.
 */
function confirmStatement(locking: "" | " skip locked"): Statement {
  const isDue = `${ACTIVE} and (
    (u.generation = s.generation and s.confirmed < s.generation)
    or (s.void_to > 0 and u.generation between s.void_from and s.void_to)
  )`;
  return writing(`
, uses as (
  select u.id, u.generation
  from rows from (
    pg_catalog.unnest(:ids::pg_catalog.text::pg_catalog.uuid[]),
    pg_catalog.unnest(:generations::pg_catalog.text::bigint[])
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
export const CONFIRM: Statement = confirmStatement("");

/** Leaves out what others have locked: it must hold up nobody else's first use. */
export const CONFIRM_UNLOCKED: Statement = confirmStatement(" skip locked");

/** So many rows at most are locked at once: a flush must not hold up the refreshes it meets. */
const CHUNK = 500;

/** One statement for each chunk, and one more where a skipped generation was used. */
export async function confirm(
  scope: Scope,
  uses: readonly GenerationUse[],
  now: number | undefined,
  wait: boolean,
): Promise<Confirmed> {
  const ended: RevokedEntry[] = [];
  const left: SessionId[] = [];
  for (let start = 0; start < uses.length; start += CHUNK) {
    const done = await confirmChunk(scope, uses.slice(start, start + CHUNK), now, wait);
    ended.push(...done.ended);
    left.push(...done.left);
  }
  return { ended, left };
}

async function confirmChunk(
  scope: Scope,
  uses: readonly GenerationUse[],
  now: number | undefined,
  wait: boolean,
): Promise<Confirmed> {
  const rows = await scope.write(wait ? CONFIRM : CONFIRM_UNLOCKED, now, {
    ids: arrayOf(uses.map(({ id }) => id)),
    generations: arrayOf(uses.map(({ generation }) => generation)),
  });
  const reused = rows.filter((row) => !booleanOf(row, "left_out")).map(idOf);
  const ended =
    reused.length === 0 ? [] : (await revokeReused(scope, reused, now, wait)).map(toRevokedEntry);
  // After waiting, only what has changed meanwhile is left out, and that is not due any more.
  if (wait) return { ended, left: [] };
  const gone = new Set(ended.map(({ id }) => id));
  const left = rows.map(idOf).filter((id) => !gone.has(id));
  return { ended, left };
}
