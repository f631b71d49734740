import fc from "fast-check";
import type { SessionId } from "rollcall";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { isSessionId } from "../../src/core/model/session.js";
import { createRevocationIndex } from "../../src/core/revocation/revocation-index.js";

function id(n: number): SessionId {
  const text = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
  if (!isSessionId(text)) throw new Error("not an id");
  return text;
}

test("a revocation is remembered until its last access token has run out, and 60 s more", () => {
  const clock = manualClock();
  const index = createRevocationIndex(clock);
  index.add({ id: id(1), accessUntil: clock.now() + 10_000 });
  expect(index.has(id(1))).toBe(true);
  clock.advance(69_000);
  index.sweep();
  expect(index.has(id(1))).toBe(true);
  clock.advance(1000);
  index.sweep();
  expect(index.has(id(1))).toBe(false);
  expect(index.size).toBe(0);
});

test("told twice, the later end counts; told late, nothing is kept", () => {
  const clock = manualClock();
  const index = createRevocationIndex(clock);
  index.add({ id: id(1), accessUntil: clock.now() + 50_000 });
  index.add({ id: id(1), accessUntil: clock.now() + 10_000 });
  clock.advance(80_000);
  index.sweep();
  expect(index.has(id(1))).toBe(true);
  index.add({ id: id(2), accessUntil: clock.now() - 60_000 });
  expect(index.has(id(2))).toBe(false);
});

test("by the clock that judges exp: nothing is forgotten early and nothing stays for good", () => {
  const step = fc.record({ n: fc.nat(30), ttl: fc.nat(100_000), wait: fc.nat(20_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const clock = manualClock();
      const index = createRevocationIndex(clock);
      const due = new Map<string, number>();
      for (const { n, ttl, wait } of steps) {
        const accessUntil = clock.now() + ttl;
        index.add({ id: id(n), accessUntil });
        due.set(id(n), Math.max(due.get(id(n)) ?? 0, accessUntil));
        clock.advance(wait);
        for (const [known, until] of due) {
          if (until > clock.now()) expect(index.has(known)).toBe(true);
        }
      }
      clock.advance(200_000);
      index.sweep();
      index.sweep();
      expect(index.size).toBe(0);
    }),
  );
});
