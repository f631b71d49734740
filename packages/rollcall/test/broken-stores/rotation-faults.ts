import type { MemoryDatabase } from "rollcall/memory";
import { rotated } from "../../src/core/model/rotation.js";
import { isActive, type StoredSession } from "../../src/core/model/session.js";
import type { Rotation, RotationOutcome } from "../../src/core/port/operations.js";
import { amend, type Fault, pause } from "./broken-store.js";

export const nowOf = (input: Rotation): number => input.now ?? Date.now();

/** Answers by itself where `shortcut` gives an answer, and soundly elsewhere. */
export function shortcut(answer: (row: StoredSession, input: Rotation) => boolean): Fault {
  return (sound, { rows }) => ({
    async rotate(input) {
      const row = rows.get(input.id);
      const now = nowOf(input);
      if (row !== undefined && isActive(row, now) && answer(row, input)) {
        return { outcome: "retried", session: row, now };
      }
      return sound.rotate(input);
    },
  });
}

/** Presents something else than what was presented. */
export function presenting(
  instead: (row: StoredSession, input: Rotation, database: MemoryDatabase) => Partial<Rotation>,
): Fault {
  return (sound, database) => ({
    async rotate(input) {
      const row = database.rows.get(input.id);
      return sound.rotate(
        row === undefined ? input : { ...input, ...instead(row, input, database) },
      );
    },
  });
}

/** Spoils the row after an outcome. */
export function spoiling(
  outcome: Exclude<RotationOutcome["outcome"], "unknown">,
  spoil: (after: StoredSession, before: StoredSession, input: Rotation) => Partial<StoredSession>,
): Fault {
  return (sound, database) => ({
    async rotate(input) {
      const before = database.rows.get(input.id);
      const answer = await sound.rotate(input);
      if (before === undefined || answer.outcome !== outcome) return answer;
      amend(database, input.id, (after) => spoil(after, before, input));
      return { ...answer, session: database.rows.get(input.id) ?? answer.session };
    },
  });
}

/** Whether a rotation was a late retry's. */
export const skipped = (after: StoredSession, before: StoredSession): boolean =>
  after.predecessor === before.predecessor;

/** Reads, lets others in, and writes the whole row back. */
export const unlocked: Fault = (sound, { rows }) => ({
  async rotate(input) {
    const row = rows.get(input.id);
    const now = nowOf(input);
    await pause();
    if (row === undefined || row.generation !== input.presented || !isActive(row, now)) {
      return sound.rotate(input);
    }
    const session = rotated(row, "rotate", input, now);
    rows.set(row.id, session);
    return { outcome: "rotated", session, now };
  },
});
