import fc from "fast-check";
import type { SessionStore } from "rollcall";
import type { ManualClock } from "rollcall/testing";
import { describe, expect, test } from "vitest";
import { decide } from "../../src/core/model/rotation.js";
import { isActive, type StoredSession } from "../../src/core/model/session.js";
import { DAY, MINUTE, SECOND } from "../../src/testing/conformance/new-session.js";
import type { StoreFactory } from "../support/store-factory.js";
import { stores } from "../support/stores.js";
import {
  afterConfirm,
  afterPresentation,
  afterTouch,
  present,
  retryWindow,
  rowOf,
  signIn,
} from "./model.js";

const RUNS = { numRuns: 200 };
const quick = stores.filter(({ name }) => name === "memory" || name === "sqlite :memory:");

/** Runs a property on a fresh store. */
async function onFresh(
  factory: StoreFactory,
  run: (store: SessionStore, clock: ManualClock) => Promise<void>,
): Promise<void> {
  const harness = await factory.open();
  try {
    await run(harness.store, harness.clock);
  } finally {
    await harness.close();
  }
}

/** Around the retry window to the millisecond, and around the deadlines. */
const waits = fc.constantFrom(0, 1, SECOND, retryWindow - 1, retryWindow, MINUTE, DAY, 7 * DAY - 1);

const commands = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("present"), by: fc.integer({ min: -3, max: 2 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("use"), by: fc.integer({ min: -3, max: 1 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("touch"), by: fc.constantFrom(0, -1, -MINUTE) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("revoke"), by: fc.constant(0) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait"), by: waits }) },
);

/** What no step may ever do to a row. */
function expectLawful(before: StoredSession, after: StoredSession): void {
  expect(after.id).toBe(before.id);
  expect(after.createdAt).toBe(before.createdAt);
  expect(after.absoluteExpiresAt).toBe(before.absoluteExpiresAt);
  expect(after.expiresAt).toBeLessThanOrEqual(after.absoluteExpiresAt);
  expect(after.accessUntil).toBeLessThanOrEqual(after.expiresAt);
  for (const key of [
    "generation",
    "confirmed",
    "lastUsedAt",
    "expiresAt",
    "accessUntil",
  ] as const) {
    expect(after[key]).toBeGreaterThanOrEqual(before[key]);
  }
  if (before.revokedAt !== null) expect(after).toEqual(before);
}

/** At most one lineage lives: nothing is honoured but the current generation and its predecessor. */
function expectOneLineage(row: StoredSession, now: number): void {
  const honoured = Array.from({ length: row.generation }, (_, index) => index + 1).filter((one) =>
    ["rotate", "retry", "skip"].includes(decide(row, one, now, retryWindow)),
  );
  const allowed = isActive(row, now) ? [row.predecessor, row.generation] : [];
  expect(allowed).toEqual(expect.arrayContaining(honoured));
}

describe.each(quick)("$name", (factory) => {
  test("any sequence of steps leaves the row that the decision table says", async () => {
    const property = fc.asyncProperty(fc.array(commands, { maxLength: 40 }), (steps) =>
      onFresh(factory, async (store, clock) => {
        let model = await signIn(store, clock);
        for (const step of steps) {
          const now = clock.now();
          const before = model;
          const generation = Math.max(1, model.generation + step.by);
          switch (step.do) {
            case "present": {
              const { outcome, row } = afterPresentation(model, generation, now);
              expect((await present(store, model, generation, now)).outcome).toBe(outcome);
              model = row;
              break;
            }
            case "use":
              await store.confirm([{ id: model.id, generation }], now);
              model = afterConfirm(model, generation, now);
              break;
            case "touch":
              await store.touch([{ id: model.id, at: now + step.by }], now);
              model = afterTouch(model, now + step.by, now);
              break;
            case "revoke": {
              const revocation = { reason: "logout", actor: { kind: "user" } } as const;
              const revoked = await store.revoke(model.user, model.id, revocation, now);
              expect(revoked?.changed).toBe(isActive(model, now));
              model = revoked?.session ?? model;
              break;
            }
            default:
              clock.advance(step.by);
          }
          expect(await rowOf(store, model, clock.now())).toEqual(model);
          expectLawful(before, model);
          expectOneLineage(model, clock.now());
        }
      }),
    );
    await fc.assert(property, RUNS);
  });

  /**
   * A client of several tabs that refresh at once. It keeps the newest answer that reached it and
   * always tries again; any answer, or all of them, may get lost on the way.
   */
  test("a client that tries again is never signed out, whatever gets lost", async () => {
    const rounds = fc.record({
      wait: fc.constantFrom(0, 1, SECOND, retryWindow - 1, retryWindow, MINUTE, DAY),
      arrives: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      uses: fc.boolean(),
    });
    const property = fc.asyncProperty(fc.array(rounds, { maxLength: 29 }), (sequence) =>
      onFresh(factory, async (store, clock) => {
        const session = await signIn(store, clock);
        let held = 1;
        for (const { wait, arrives, uses } of sequence) {
          clock.advance(wait);
          const now = clock.now();
          const answers = await Promise.all(arrives.map(() => present(store, session, held, now)));
          for (const [tab, answer] of answers.entries()) {
            expect(["rotated", "retried"]).toContain(answer.outcome);
            if (answer.outcome === "unknown" || arrives[tab] !== true) continue;
            held = Math.max(held, answer.session.generation);
          }
          if (uses) {
            const uses = [{ id: session.id, generation: held }];
            expect((await store.confirm(uses, now)).ended).toEqual([]);
          }
        }
        expect((await store.list(session.user, page(clock))).length).toBe(1);
      }),
    );
    await fc.assert(property, RUNS);
  });

  /**
   * A thief copies the refresh token once; from there on both act by themselves, never within a
   * window of each other, and no answer gets lost. They never share a lineage: once both have
   * refreshed, the session ends with the next thing done by whoever does not hold the newest
   * generation; and once that one was used, with their first refresh.
   */
  test("a thief and an owner who take turns are found out", async () => {
    const action = fc.record({
      who: fc.constantFrom("owner" as const, "thief" as const),
      refreshes: fc.boolean(),
      wait: fc.constantFrom(retryWindow, MINUTE, 5 * MINUTE),
    });
    const property = fc.asyncProperty(fc.array(action, { maxLength: 20 }), (actions) =>
      onFresh(factory, async (store, clock) => {
        const session = await signIn(store, clock);
        const held = { owner: 1, thief: 1 };
        const refreshed = new Set<string>();
        let newestUsed = false;
        for (const { who, refreshes, wait } of actions) {
          clock.advance(wait);
          const now = clock.now();
          const newest = Math.max(held.owner, held.thief);
          // One step behind an unused generation could be a lost answer; anything else is not.
          const lostAnswer = newest === held[who] + 1 && !newestUsed;
          const superseded = refreshed.size === 2 || (refreshes && !lostAnswer);
          const foundOut = held[who] !== newest && superseded;
          if (refreshes) {
            const answer = await present(store, session, held[who], now);
            if (answer.outcome === "rotated" || answer.outcome === "retried") {
              held[who] = answer.session.generation;
              refreshed.add(who);
              newestUsed = false;
            }
          } else {
            await store.confirm([{ id: session.id, generation: held[who] }], now);
            newestUsed ||= held[who] === newest;
          }
          const { revokedReason } = await rowOf(store, session, now);
          expect(revokedReason).toBe(foundOut ? "refresh_token_reuse" : null);
          if (foundOut) return;
          if (refreshed.size === 2) expect(held.owner).not.toBe(held.thief);
        }
      }),
    );
    await fc.assert(property, RUNS);
  });
});

function page(clock: ManualClock): { limit: number; after: null; now: number } {
  return { limit: 10, after: null, now: clock.now() };
}
