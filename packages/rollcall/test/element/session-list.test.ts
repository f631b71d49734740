import { describe, expect, test } from "vitest";
import {
  changesBetween,
  listAfter,
  NOTHING_SEEN,
  PAGE,
  type SessionList,
} from "../../src/element/session-list.js";
import { sampleSession } from "./sample-sessions.js";

const AT = new Date("2026-03-01T12:00:00.000Z");
const day = (number: number): Date => new Date(Date.UTC(2026, 1, number));
const old = sampleSession("old", { createdAt: day(1), current: true });
const middle = sampleSession("middle", { createdAt: day(2) });
const young = sampleSession("young", { createdAt: day(3) });

function read(list: SessionList, sessions: readonly (typeof old)[], more = false): SessionList {
  return listAfter(list, { type: "read", sessions, more, at: AT });
}

function ids({ sessions }: SessionList): readonly string[] | undefined {
  return sessions?.map(({ id }) => id);
}

describe("what the screen shows", () => {
  test("begins with nothing, and has this device first once it was read", () => {
    expect(NOTHING_SEEN).toMatchObject({ phase: "loading", sessions: null });
    const list = read(NOTHING_SEEN, [young, middle, old]);
    expect(list).toMatchObject({ phase: "ready", readAt: AT, more: false });
    expect(ids(list)).toEqual(["old", "young", "middle"]);
  });

  test.each(["unreachable", "throttled", "failed", "reauthenticate"] as const)(
    "keeps what was last seen when reading is answered by: %s",
    (problem) => {
      const list = listAfter(read(NOTHING_SEEN, [young, old]), { type: "not-read", problem });
      expect(list).toMatchObject({ phase: problem, readAt: AT });
      expect(ids(list)).toEqual(["old", "young"]);
      expect(read(list, [old]).phase).toBe("ready");
    },
  );

  test("goes back to the skeleton on a retry only when there is nothing to show", () => {
    const unseen = listAfter(NOTHING_SEEN, { type: "not-read", problem: "unreachable" });
    expect(listAfter(unseen, { type: "retried" }).phase).toBe("loading");
    const seen = listAfter(read(NOTHING_SEEN, [old]), { type: "not-read", problem: "unreachable" });
    const retried = listAfter(seen, { type: "retried" });
    expect(retried).toEqual({ ...seen, busy: true });
    expect(read(retried, [old]).busy).toBe(false);
    expect(listAfter(retried, { type: "not-read", problem: "failed" }).busy).toBe(false);
    // Whoever has the list did not ask for it.
    const ready = read(NOTHING_SEEN, [old]);
    expect(listAfter(ready, { type: "retried" })).toBe(ready);
  });

  test("knows a clock that is behind by what it has not seen yet", () => {
    const used = (minutes: number) =>
      sampleSession("a", { lastUsedAt: new Date(AT.getTime() + minutes * 60_000) });
    expect(read(NOTHING_SEEN, [used(-5)]).behind).toBe(0);
    const list = read(NOTHING_SEEN, [used(3), used(60)]);
    expect(list.behind).toBe(3_600_000);
    expect(read(list, [used(-5)]).behind).toBe(0);
    expect(read(NOTHING_SEEN, [used(Number.NaN)]).behind).toBe(0);
  });

  test("drops what has ended and shows a new name", () => {
    const list = read(NOTHING_SEEN, [young, middle, old]);
    expect(ids(listAfter(list, { type: "ended", id: "young" }))).toEqual(["old", "middle"]);
    expect(ids(listAfter(list, { type: "others-ended" }))).toEqual(["old"]);
    const renamed = { ...middle, name: "Attic" };
    const next = listAfter(list, { type: "renamed", session: renamed });
    expect(next.sessions?.map(({ name }) => name)).toEqual([null, null, "Attic"]);
  });

  test("shows more by the page", () => {
    expect(NOTHING_SEEN.shown).toBe(PAGE);
    expect(listAfter(NOTHING_SEEN, { type: "shown-more" }).shown).toBe(2 * PAGE);
  });

  test("stays signed out, whatever arrives late", () => {
    const how = { reason: "revoked", by: { kind: "user", device: "Attic" } } as const;
    const list = listAfter(read(NOTHING_SEEN, [old]), { type: "signed-out", how });
    expect(list).toMatchObject({ phase: "signed-out", sessions: null, signedOut: how });
    expect(read(list, [old])).toBe(list);
    expect(listAfter(list, { type: "not-read", problem: "failed" })).toBe(list);
  });

  test("a refused credential is a sign-out nobody explained", () => {
    const list = listAfter(NOTHING_SEEN, { type: "not-read", problem: "signed-out" });
    expect(list).toMatchObject({
      phase: "signed-out",
      signedOut: { reason: "unknown", by: null },
    });
  });
});

describe("what other devices did", () => {
  const changed = (before: SessionList, next: SessionList): readonly (readonly string[])[] => {
    const { appeared, gone } = changesBetween(before, next);
    return [appeared.map(({ id }) => id), gone.map(({ id }) => id)];
  };

  test("is a sign-in, an ending, or both", () => {
    const before = read(NOTHING_SEEN, [middle, old]);
    expect(changed(before, read(before, [young, middle, old]))).toEqual([["young"], []]);
    expect(changed(before, read(before, [old]))).toEqual([[], ["middle"]]);
    expect(changed(before, read(before, [young, old]))).toEqual([["young"], ["middle"]]);
  });

  test("is nothing at the first read, and nothing of what paging hides or shows", () => {
    expect(changed(NOTHING_SEEN, read(NOTHING_SEEN, [old]))).toEqual([[], []]);
    const short = read(NOTHING_SEEN, [young], true);
    const long = read(short, [young, middle, old]);
    expect(changed(short, long)).toEqual([[], []]);
    expect(changed(long, read(long, [young], true))).toEqual([[], []]);
  });
});
