import type { SessionId } from "../../core/model/session.js";
import type { Confirmed, GenerationUse, RevokedEntry, SessionUse } from "../../core/port/store.js";
import { booleanOf, toId, toRevokedEntry } from "../row.js";
import * as sql from "./activity-statements.js";
import type { Scope } from "./scope.js";
import { arrayOf } from "./statement.js";
import { END_REUSED, END_REUSED_UNLOCKED } from "./statements.js";

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
  const ids = arrayOf(uses.map(({ id }) => id));
  const generations = arrayOf(uses.map(({ generation }) => generation));
  const confirming = wait ? sql.CONFIRM : sql.CONFIRM_UNLOCKED;
  const rows = await scope.write(confirming, now, [ids, generations]);
  const reused = rows.filter((row) => !booleanOf(row, "left_out")).map(toId);
  const revocation = wait ? END_REUSED : END_REUSED_UNLOCKED;
  const ended =
    reused.length === 0
      ? []
      : (await scope.write(revocation, now, [arrayOf(reused), scope.processId])).map(
          toRevokedEntry,
        );
  // Who waited has left out nothing but what changed meanwhile, and is not due any more.
  if (wait) return { ended, left: [] };
  const gone = new Set(ended.map(({ id }) => id));
  const left = rows.map(toId).filter((id) => !gone.has(id));
  return { ended, left };
}

/** Gives back the ids that others had locked. */
export async function touch(
  scope: Scope,
  uses: readonly SessionUse[],
  now: number | undefined,
): Promise<readonly SessionId[]> {
  const left: SessionId[] = [];
  for (let start = 0; start < uses.length; start += CHUNK) {
    const chunk = uses.slice(start, start + CHUNK);
    const ids = arrayOf(chunk.map(({ id }) => id));
    const times = arrayOf(chunk.map(({ at }) => at));
    left.push(...(await scope.write(sql.TOUCH, now, [ids, times])).map(toId));
  }
  return left;
}
