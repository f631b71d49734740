import { decide, rotated } from "../../core/model/rotation.js";
import type { StoredSession } from "../../core/model/session.js";
import type { Rotation, RotationOutcome } from "../../core/port/store.js";
import { integerOf, type Row, toSession } from "../row.js";
import type { Scope } from "./scope.js";
import { arrayOf } from "./statement.js";
import * as sql from "./statements.js";

/** Each round is lost to another change of the same row, which then settles most presentations. */
const ROUNDS = 10;

interface Seen {
  readonly session: StoredSession;
  readonly now: number;
}

function seen({ report }: Scope, row: Row | undefined): Seen | null {
  if (row === undefined) return null;
  return { session: toSession(row, report), now: integerOf(row, "now") };
}

/**
 * Presents a generation. The good case is one UPDATE; whoever gets its row has rotated. Only an
 * empty result is looked into, with the core's own decision table, and what it decides is written
 * only if the row is still the one it was decided for.
 */
export async function rotate(
  scope: Scope,
  input: Rotation,
  isGivenUp: () => boolean,
): Promise<RotationOutcome> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const outcome = await tryOnce(scope, input, isGivenUp);
    if (outcome !== null) return outcome;
  }
  throw new Error("the session changed each time while its refresh was decided");
}

/** `null`: another change came in between. */
async function tryOnce(
  scope: Scope,
  input: Rotation,
  isGivenUp: () => boolean,
): Promise<RotationOutcome | null> {
  const { id, presented, presentedKeyId, keyId, ip, accessTokenTtl } = input;
  const values = [id, presented, keyId, ip, accessTokenTtl, presentedKeyId];
  const done = seen(scope, (await scope.write(sql.ROTATE, input.now, values))[0]);
  if (done !== null) return { outcome: "rotated", ...done };

  const found = seen(scope, (await scope.read(sql.FIND, [input.now ?? null, id]))[0]);
  if (found === null) return { outcome: "unknown" };
  // Who asked was answered 503, and may have refreshed twice elsewhere since: what a stalled network
  // delivers only now would look like reuse, and must not end an honest client's session.
  if (isGivenUp()) throw new Error("the refresh was given up before it could be decided");
  const decision = decide(found.session, presented, found.now, input.retryWindow);
  switch (decision) {
    case "rotate":
      return null;
    case "revoked":
    case "expired":
      return { outcome: decision, ...found };
    case "retry":
      if (presentedKeyId !== found.session.keyId) {
        await scope.write(sql.TOUCHED_BY, input.now, [id, presentedKeyId]);
      }
      return { outcome: "retried", ...found };
    case "reuse": {
      // No change of the row turns reuse into anything else, so it needs no other guard.
      const ended = seen(
        scope,
        (await scope.write(sql.END_REUSED, input.now, [arrayOf([id]), scope.processId]))[0],
      );
      return ended === null ? null : { outcome: "reused", ...ended };
    }
    default: {
      const moved = seen(scope, (await advance(scope, input, found, decision))[0]);
      return moved === null ? null : { outcome: "rotated", ...moved };
    }
  }
}

function advance(
  scope: Scope,
  input: Rotation,
  { session, now }: Seen,
  decision: "skip" | "ahead",
): Promise<readonly Row[]> {
  const next = rotated(session, decision, input, now);
  return scope.write(sql.ADVANCE, now, [
    session.id,
    session.generation,
    session.predecessor,
    session.confirmed,
    session.rotatedAt,
    next.generation,
    next.predecessor,
    next.skippedFrom,
    next.skippedTo,
    next.rotatedAt,
    next.keyId,
    next.lastUsedAt,
    input.ip,
    next.expiresAt,
    next.accessUntil,
    scope.processId,
    decision === "ahead",
    input.presentedKeyId,
  ]);
}
