import assert from "node:assert/strict";
import type { RotationOutcome } from "../../core/port/operations.js";
import { ada, newId, TERMS } from "./new-session.js";
import { LOGOUT, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const ACTOR = { kind: "user" } as const;

function count(answers: readonly RotationOutcome[], outcome: RotationOutcome["outcome"]): number {
  return answers.filter((answer) => answer.outcome === outcome).length;
}

/** Asserts what n presentations of one generation must give: one rotation, one row. */
function expectOneRotation(answers: readonly RotationOutcome[], generation: number): void {
  assert.equal(count(answers, "rotated"), 1, "exactly one call rotates");
  assert.equal(count(answers, "retried"), answers.length - 1, "all others are retries");
  for (const answer of answers) {
    assert.ok(answer.outcome !== "unknown");
    assert.equal(answer.session.generation, generation, "all see one generation");
  }
}

const refreshCases = [20, 50].map((callers) =>
  storeCase(`${callers} refreshes at once: one rotates, all see one generation`, async (s) => {
    const { id } = await s.signIn();
    for (let presented = 1; presented <= 3; presented += 1) {
      const answers = await s.atOnce(callers, (store, index) =>
        s.rotate({ id, presented, ip: `192.0.2.${index}` }, store),
      );
      expectOneRotation(answers, presented + 1);
      const row = await s.row(id);
      assert.deepEqual([row.generation, row.predecessor], [presented + 1, presented]);
      for (const answer of answers) {
        assert.ok(answer.outcome !== "unknown");
        assert.deepEqual(answer.session, row, "all see the row as the one rotation left it");
      }
    }
  }),
);

const limitRaces = (["evict-oldest", "evict-least-recently-used", "refuse"] as const).map(
  (onLimit) =>
    storeCase(`50 sign-ins at once with a cap of 5 leave 5: ${onLimit}`, async (s) => {
      const limit = { max: 5, onLimit };
      const outcomes = await s.atOnce(50, (store) => s.create({ limit }, store));
      assert.equal((await s.list()).length, 5);
      const created = outcomes.filter(({ outcome }) => outcome === "created").length;
      const refused = outcomes.filter(({ outcome }) => outcome === "refused").length;
      assert.deepEqual([created, refused], onLimit === "refuse" ? [5, 45] : [50, 0]);
    }),
);

/** Contract §4.5 and §4.6: the promises that only a race can break. */
export const concurrencyCases: readonly StoreCase[] = [
  ...refreshCases,
  ...limitRaces,

  storeCase("20 late retries at once: one moves on, all see one generation", async (s) => {
    const { id } = await s.signIn();
    await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(TERMS.retryWindow);
    const answers = await s.atOnce(20, (store) => s.rotate({ id, presented: 1 }, store));
    expectOneRotation(answers, 3);
    const { predecessor, skippedFrom, skippedTo } = await s.row(id);
    assert.deepEqual([predecessor, skippedFrom, skippedTo], [1, 2, 2]);
  }),

  storeCase("20 generations ahead at once: one moves on, one event", async (s) => {
    const { id } = await s.signIn();
    const events = await s.eventsDuring(async () => {
      const answers = await s.atOnce(20, (store) => s.rotate({ id, presented: 9 }, store));
      expectOneRotation(answers, 10);
    });
    assert.deepEqual(typesOf(events), ["session.generation_ahead"]);
  }),

  storeCase("20 reuses at once: one revocation, told once", async (s) => {
    const { id } = await s.signIn();
    await s.expectRotation("rotated", { id, presented: 1 });
    await s.expectRotation("rotated", { id, presented: 2 });
    const events = await s.eventsDuring(async () => {
      const answers = await s.atOnce(20, (store) => s.rotate({ id, presented: 1 }, store));
      assert.equal(count(answers, "reused"), 1);
      assert.equal(count(answers, "revoked"), 19);
    });
    assert.deepEqual(typesOf(events), ["session.reuse_detected", "session.revoked"]);
  }),

  storeCase("everywhere against 50 refreshes in flight leaves no survivor", async (s) => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => s.signIn()));
    const ended: number[] = [];
    await s.atOnce(51, async (store, index) => {
      if (index === 25) {
        const input = { revocation: LOGOUT, except: null, now: s.clock.now() };
        ended.push((await store.revokeAll(ada, input)).length);
        return;
      }
      const id = sessions[index % 10]?.id ?? newId();
      await s.rotate({ id, presented: 1 }, store);
    });
    assert.deepEqual(ended, [10]);
    await s.expectEverywhere(sessions);
  }),

  storeCase(
    "everywhere against late retries and jumps ahead moves nothing that is over",
    async (s) => {
      for (let round = 0; round < 5; round += 1) {
        const sessions = await Promise.all(Array.from({ length: 8 }, () => s.signIn()));
        for (const { id } of sessions) await s.expectRotation("rotated", { id, presented: 1 });
        s.clock.advance(TERMS.retryWindow);
        const input = { revocation: LOGOUT, except: null, now: s.clock.now() };
        await s.atOnce(33, async (store, index) => {
          if (index === 16) {
            await store.revokeAll(ada, input);
            return;
          }
          const id = sessions[index % 8]?.id ?? newId();
          const answer = await s.rotate({ id, presented: index % 2 === 0 ? 1 : 7 }, store);
          if (answer.outcome !== "rotated") return;
          assert.equal(answer.session.revokedAt, null, "a session that was over moved on");
        });
        assert.deepEqual(await s.list(), []);
      }
    },
  ),

  storeCase(
    "everywhere against sign-ins in flight: each is ended, or came after and is proven",
    async (s) => {
      const authenticatedAt = s.clock.now();
      s.clock.advance(1);
      const now = s.clock.now();
      await s.atOnce(40, async (store, index) => {
        if (index === 20) await store.revokeAll(ada, { revocation: LOGOUT, except: null, now });
        else await s.create({ authenticatedAt }, store);
      });
      assert.deepEqual(await s.list(), [], "a sign-in with the old proof survived everywhere");
    },
  ),

  storeCase("two revokes at once: one changed it, both see the first ending", async (s) => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await s.signIn();
      const events = await s.eventsDuring(async () => {
        const answers = await s.atOnce(4, (store, index) => {
          const revocation = { reason: `reason-${index}`, actor: ACTOR };
          return store.revoke(ada, id, revocation, s.clock.now());
        });
        const winner = answers.filter((answer) => answer?.changed === true);
        assert.equal(winner.length, 1);
        for (const answer of answers) assert.deepEqual(answer?.session, winner[0]?.session);
        assert.deepEqual(await s.row(id), winner[0]?.session);
      });
      assert.deepEqual(typesOf(events), ["session.revoked"]);
    }
  }),

  storeCase("revoke against refreshes: whatever came first, the session is over", async (s) => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await s.signIn();
      const answers = await s.atOnce(10, async (store, index) => {
        if (index === 5) await store.revoke(ada, id, LOGOUT, s.clock.now());
        return s.rotate({ id, presented: 1 }, store);
      });
      assert.ok(count(answers, "rotated") <= 1);
      const row = await s.row(id);
      assert.equal(row.revokedReason, LOGOUT.reason);
      assert.equal(row.generation, 1 + count(answers, "rotated"));
    }
  }),

  storeCase(
    "rename, touch, confirm, rotate and revoke racing lose nothing of each other",
    async (s) => {
      for (let round = 0; round < 10; round += 1) {
        const { id } = await s.signIn();
        s.clock.advance(1);
        const now = s.clock.now();
        await s.atOnce(12, async (store, index): Promise<unknown> => {
          switch (index % 4) {
            case 0:
              return s.rotate({ id, presented: 1 }, store);
            case 1:
              return store.rename(ada, id, { name: "Desk", actor: ACTOR, now });
            case 2:
              return store.touch([{ id, at: now }], now);
            default:
              return store.confirm([{ id, generation: 1 }], now);
          }
        });
        const row = await s.row(id);
        assert.deepEqual([row.name, row.generation, row.lastUsedAt], ["Desk", 2, now]);
        await s.atOnce(8, async (store, index): Promise<unknown> => {
          if (index === 4) return store.revoke(ada, id, LOGOUT, now);
          if (index % 2 === 0) return store.rename(ada, id, { name: "Other", actor: ACTOR, now });
          return s.rotate({ id, presented: 2 }, store);
        });
        assert.equal((await s.row(id)).revokedReason, LOGOUT.reason);
      }
    },
  ),

  storeCase("two sign-ins that replace one session: it ends once", async (s) => {
    const old = await s.signIn();
    const outcomes = await s.atOnce(6, (store) => s.create({ replaces: old.id }, store));
    const ended = outcomes.flatMap((answer) => (answer.outcome === "created" ? answer.ended : []));
    assert.deepEqual(ended, [{ id: old.id, accessUntil: old.accessUntil }]);
    assert.equal((await s.list()).length, 6);
  }),
];
