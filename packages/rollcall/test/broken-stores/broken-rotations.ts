import { isVoid } from "../../src/core/model/rotation.js";
import { amend, type BrokenStore, brokenStore } from "./broken-store.js";
import { nowOf, presenting, shortcut, skipped, spoiling, unlocked } from "./rotation-faults.js";

export const brokenRotations: readonly BrokenStore[] = [
  brokenStore(
    "honours the predecessor at any age",
    "the retry window ends to the millisecond",
    shortcut((row, { presented }) => presented === row.predecessor),
  ),
  brokenStore(
    "lets each retry slide the window",
    "the retry window is anchored at the rotation: retries do not slide it",
    spoiling("retried", (_after, _before, input) => ({ rotatedAt: nowOf(input) })),
  ),
  brokenStore(
    "closes the retry window a millisecond early",
    "the retry window ends to the millisecond",
    presenting((_row, input) => ({ retryWindow: input.retryWindow - 1 })),
  ),
  brokenStore(
    "honours generations further back inside the window",
    "the predecessor of the predecessor is reuse, also inside the window",
    shortcut((row, { presented }) => presented < row.predecessor),
  ),
  brokenStore(
    "rotates again on a retry",
    "20 refreshes at once: one rotates, all see one generation",
    presenting((row, { presented }) => ({
      presented: presented === row.predecessor ? row.generation : presented,
    })),
  ),
  brokenStore(
    "reads, then writes, when it rotates",
    "50 refreshes at once: one rotates, all see one generation",
    unlocked,
  ),
  brokenStore(
    "writes back a row that was ended meanwhile",
    "everywhere against 50 refreshes in flight leaves no survivor",
    unlocked,
  ),
  brokenStore(
    "writes on a retry",
    "a retry inside the window gets the row of the rotation, and writes nothing",
    spoiling("retried", (row, _before, input) => ({ lastIp: input.ip ?? row.lastIp })),
  ),
  brokenStore(
    "forgets the address when none is given",
    "a rotation without an address keeps the last one",
    spoiling("rotated", (_after, _before, input) => ({ lastIp: input.ip })),
  ),
  brokenStore(
    "gives a late retry the unused successor",
    "a late retry skips the unused successor: one further, the predecessor kept",
    shortcut((row, { presented }) => {
      return presented === row.predecessor && row.confirmed < row.generation;
    }),
  ),
  brokenStore(
    "takes every late retry for reuse",
    "answers lost again and again cost nobody the session",
    presenting((row, input) => {
      const late = nowOf(input) - row.rotatedAt >= input.retryWindow;
      return late && input.presented === row.predecessor ? { presented: -1 } : {};
    }),
  ),
  brokenStore(
    "makes the skipped generation the predecessor",
    "a retry of the late retry gets the same row, for one window of its own",
    spoiling("rotated", (after) => ({ predecessor: after.generation - 1 })),
  ),
  brokenStore(
    "sets no skipped range",
    "an access token of a skipped generation is reuse, by way of confirm",
    spoiling("rotated", () => ({ skippedFrom: 0, skippedTo: 0 })),
  ),
  brokenStore(
    "voids only the newest skipped generation",
    "answers lost again and again cost nobody the session",
    spoiling("rotated", (after, before) =>
      skipped(after, before) ? { skippedFrom: after.skippedTo } : {},
    ),
  ),
  brokenStore(
    "forgets the skipped range at the next rotation",
    "skipped generations stay skipped after the next rotation",
    spoiling("rotated", (after, before) =>
      skipped(after, before) ? {} : { skippedFrom: 0, skippedTo: 0 },
    ),
  ),
  brokenStore(
    "honours a skipped generation",
    "a skipped generation presented is reuse",
    presenting((row, { presented }) => ({
      presented: isVoid(row, presented) ? row.generation : presented,
    })),
  ),
  brokenStore(
    "ignores that the successor was used",
    "once the successor was seen in use, a late predecessor is reuse",
    presenting((row, _input, database) => {
      amend(database, row.id, () => ({ confirmed: 0 }));
      return {};
    }),
  ),
  brokenStore(
    "takes a generation ahead for reuse",
    "a generation ahead moves the row forward, and an event says so",
    presenting((row, { presented }) => ({
      presented: presented > row.generation ? -1 : presented,
    })),
  ),
  brokenStore(
    "moves ahead without an event",
    "a generation ahead moves the row forward, and an event says so",
    (sound, { rows, events }) => ({
      async rotate(input) {
        const ahead = input.presented > (rows.get(input.id)?.generation ?? Number.NaN);
        const answer = await sound.rotate(input);
        if (ahead && answer.outcome === "rotated") events.pop();
        return answer;
      },
    }),
  ),
  brokenStore(
    "revives a revoked session that is ahead",
    "a generation ahead revives nothing: not a revoked session, not an expired one",
    presenting((row, { presented }, database) => {
      if (presented > row.generation) amend(database, row.id, () => ({ revokedAt: null }));
      return {};
    }),
  ),
  brokenStore(
    "detects reuse but ends nothing",
    "reuse ends the session and says so: reuse_detected, then revoked",
    spoiling("reused", (_after, before) => before),
  ),
  brokenStore(
    "lets a session live a millisecond longer",
    "the idle deadline holds to the millisecond",
    (sound, { rows }) => ({
      async rotate(input) {
        const now = nowOf(input);
        if (rows.get(input.id)?.expiresAt !== now) return sound.rotate(input);
        const answer = await sound.rotate({ ...input, now: now - 1 });
        return answer.outcome === "unknown" ? answer : { ...answer, now };
      },
    }),
  ),
  brokenStore(
    "does not move the idle deadline",
    "a refresh moves the idle deadline by the session's own idle timeout",
    spoiling("rotated", (_after, { expiresAt }) => ({ expiresAt })),
  ),
  brokenStore(
    "outlives the absolute limit",
    "no chain of refreshes outlives the absolute limit",
    spoiling("rotated", (after) => ({ expiresAt: after.rotatedAt + after.idleTimeout })),
  ),
  brokenStore(
    "outlives the absolute limit when it moves ahead or skips",
    "neither a late retry nor a jump ahead outlives the absolute limit",
    spoiling("rotated", (after, before) =>
      after.predecessor === before.generation
        ? {}
        : { expiresAt: after.rotatedAt + after.idleTimeout },
    ),
  ),
  brokenStore(
    "does not grow accessUntil",
    "accessUntil grows with each rotation, and an ending leaves it",
    spoiling("rotated", (_after, { accessUntil }) => ({ accessUntil })),
  ),
  brokenStore(
    "shortens accessUntil when the ttl is lowered",
    "accessUntil is the latest expiry of any access token, also when the ttl is lowered",
    spoiling("rotated", (after, _before, { accessTokenTtl }) => ({
      accessUntil: after.rotatedAt + accessTokenTtl,
    })),
  ),
  brokenStore(
    "goes back in time with the clock",
    "the wall clock going back turns no retry into reuse",
    spoiling("rotated", ({ rotatedAt }) => ({ lastUsedAt: rotatedAt })),
  ),
];
