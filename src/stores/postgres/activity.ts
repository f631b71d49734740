import type { SessionId } from "../../core/session.js";
import type { GenerationUse, RevokedEntry, SessionUse } from "../../core/store.js";
import { toId, toRevokedEntry } from "../row.js";
import * as sql from "./activity-statements.js";
import type { Scope } from "./scope.js";
import { arrayOf } from "./statement.js";
import { END_REUSED } from "./statements.js";

/** So many rows at most are locked at once: a flush must not hold up the refreshes it meets. */
const CHUNK = 500;

/** One statement for the batch, and one more when a void generation was used. */
export async function confirm(
  scope: Scope,
  uses: readonly GenerationUse[],
  now: number | undefined,
): Promise<readonly RevokedEntry[]> {
  if (uses.length === 0) return [];
  const ids = arrayOf(uses.map(({ id }) => id));
  const generations = arrayOf(uses.map(({ generation }) => generation));
  const rows = await scope.write(sql.CONFIRM, now, [ids, generations]);
  if (rows.length === 0) return [];
  const reused = arrayOf(rows.map(toId));
  return (await scope.write(END_REUSED, now, [reused, scope.origin])).map(toRevokedEntry);
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
