import assert from "node:assert/strict";
import { rotated } from "../../core/model/rotation.js";
import { MINUTE, newId, SECOND, TERMS } from "./new-session.js";
import { storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const { retryWindow, accessTokenTtl } = TERMS;

/** Contract §4.1, §4.2 and §4.4: what happens to a presented generation. */
export const rotationCases: readonly StoreCase[] = [
  storeCase(
    "the current generation rotates: one forward, nothing else of the row moves",
    async (s) => {
      const before = await s.signIn({ lastIp: "192.0.2.1", metadata: { plan: "pro" } });
      s.clock.advance(5 * MINUTE);
      const presented = { id: before.id, presented: 1, keyId: "k2", ip: "192.0.2.2" };
      const after = await s.expectRotation("rotated", presented);
      assert.deepEqual(after, {
        ...before,
        generation: 2,
        predecessor: 1,
        rotatedAt: s.clock.now(),
        keyId: "k2",
        lastUsedAt: s.clock.now(),
        lastIp: "192.0.2.2",
        expiresAt: s.clock.now() + TERMS.idleTimeout,
        accessUntil: s.clock.now() + accessTokenTtl,
      });
    },
  ),

  storeCase("a rotation without an address keeps the last one", async (s) => {
    const { id } = await s.signIn({ lastIp: "2001:db8::1" });
    const after = await s.expectRotation("rotated", { id, presented: 1, ip: null });
    assert.equal(after.lastIp, "2001:db8::1");
  }),

  storeCase("a long chain of rotations keeps id and createdAt", async (s) => {
    const first = await s.signIn();
    for (let generation = 1; generation <= 50; generation += 1) {
      s.clock.advance(MINUTE);
      const row = await s.expectRotation("rotated", { id: first.id, presented: generation });
      assert.deepEqual(
        [row.id, row.createdAt, row.generation, row.predecessor],
        [first.id, first.createdAt, generation + 1, generation],
      );
    }
  }),

  storeCase(
    "a retry inside the window gets the row of the rotation, and writes nothing",
    async (s) => {
      const { id } = await s.signIn();
      s.clock.advance(MINUTE);
      const row = await s.expectRotation("rotated", { id, presented: 1, keyId: "k2" });
      for (const wait of [0, 1, retryWindow - 2]) {
        s.clock.advance(wait);
        await s.expectUntouched(id, async () => {
          const again = { id, presented: 1, keyId: "k3", ip: "192.0.2.9" };
          assert.deepEqual(await s.expectRotation("retried", again), row);
        });
      }
    },
  ),

  storeCase("the retry window ends to the millisecond", async (s) => {
    const { id } = await s.signIn();
    await s.expectRotation("rotated", { id, presented: 1 });
    await s.store.confirm([{ id, generation: 2 }], s.clock.now());
    s.clock.advance(retryWindow - 1);
    await s.expectRotation("retried", { id, presented: 1 });
    s.clock.advance(1);
    await s.expectRotation("reused", { id, presented: 1 });
  }),

  storeCase("the retry window is anchored at the rotation: retries do not slide it", async (s) => {
    const { id } = await s.signIn();
    await s.expectRotation("rotated", { id, presented: 1 });
    await s.store.confirm([{ id, generation: 2 }], s.clock.now());
    s.clock.advance(retryWindow - 10 * SECOND);
    await s.expectRotation("retried", { id, presented: 1 });
    s.clock.advance(10 * SECOND);
    await s.expectRotation("reused", { id, presented: 1 });
  }),

  storeCase("the predecessor of the predecessor is reuse, also inside the window", async (s) => {
    const { id } = await s.signIn();
    await s.expectRotation("rotated", { id, presented: 1 });
    await s.expectRotation("rotated", { id, presented: 2 });
    await s.expectRotation("reused", { id, presented: 1 });
  }),

  storeCase("a generation far behind is reuse, at any age", async (s) => {
    const { id } = await s.signIn();
    for (const presented of [1, 2, 3, 4]) await s.expectRotation("rotated", { id, presented });
    s.clock.advance(2 * retryWindow);
    await s.expectRotation("reused", { id, presented: 2 });
  }),

  storeCase("reuse ends the session and says so: reuse_detected, then revoked", async (s) => {
    const { id } = await s.signIn();
    await s.expectRotation("rotated", { id, presented: 1 });
    const before = await s.expectRotation("rotated", { id, presented: 2 });
    s.clock.advance(SECOND);
    const events = await s.eventsDuring(async () => {
      const after = await s.expectRotation("reused", { id, presented: 1, ip: "192.0.2.66" });
      assert.deepEqual(after, {
        ...before,
        revokedAt: s.clock.now(),
        revokedReason: "refresh_token_reuse",
        revokedBy: { kind: "system" },
      });
    });
    assert.deepEqual(typesOf(events), ["session.reuse_detected", "session.revoked"]);
    const [, revoked] = events;
    assert.ok(revoked?.type === "session.revoked");
    assert.equal(revoked.reason, "refresh_token_reuse");
    assert.deepEqual(revoked.actor, { kind: "system" });
    await s.expectUntouched(id, () => s.expectRotation("revoked", { id, presented: 3 }));
  }),

  storeCase("a rotation and its retries write no event", async (s) => {
    const { id } = await s.signIn();
    const events = await s.eventsDuring(async () => {
      await s.expectRotation("rotated", { id, presented: 1 });
      await s.expectRotation("retried", { id, presented: 1 });
      await s.expectRotation("rotated", { id, presented: 2 });
      s.clock.advance(retryWindow);
      await s.expectRotation("rotated", { id, presented: 2 });
    });
    assert.deepEqual(events, []);
  }),

  storeCase("an unknown session is unknown, whatever is presented", async (s) => {
    await s.signIn();
    for (const presented of [1, 2, 1_000_000]) {
      assert.deepEqual(await s.rotate({ id: newId(), presented }), { outcome: "unknown" });
    }
    assert.equal((await s.list()).length, 1);
  }),

  storeCase("a generation ahead moves the row forward, and an event says so", async (s) => {
    for (const jump of [1, 7, 3_000_000_000]) {
      const { id } = await s.signIn();
      const before = await s.expectRotation("rotated", { id, presented: 1 });
      s.clock.advance(SECOND);
      const presented = before.generation + jump;
      const events = await s.eventsDuring(async () => {
        const after = await s.expectRotation("rotated", { id, presented, keyId: "k2" });
        const terms = { presented, keyId: "k2", ip: null, userAgent: null, accessTokenTtl };
        assert.deepEqual(after, rotated(before, "ahead", terms, s.clock.now()));
        assert.equal(after.generation, presented + 1);
        assert.equal(after.predecessor, presented);
      });
      assert.deepEqual(typesOf(events), ["session.generation_ahead"]);
      assert.equal(events[0]?.sessionId, id);
      assert.equal(events[0]?.at, s.clock.now());
      await s.expectRotation("retried", { id, presented });
      await s.expectRotation("reused", { id, presented: 1 });
    }
  }),

  storeCase(
    "a generation ahead revives nothing: not a revoked session, not an expired one",
    async (s) => {
      const ended = await s.end(await s.signIn());
      await s.expectUntouched(ended.id, () =>
        s.expectRotation("revoked", { id: ended.id, presented: 5 }),
      );
      const expired = await s.signIn({ idleTimeout: MINUTE });
      s.clock.advance(MINUTE);
      await s.expectUntouched(expired.id, () =>
        s.expectRotation("expired", { id: expired.id, presented: 5 }),
      );
    },
  ),

  storeCase(
    "a revoked session answers revoked to every generation, also once expired",
    async (s) => {
      const { id, user } = await s.signIn({ idleTimeout: MINUTE });
      await s.expectRotation("rotated", { id, presented: 1 });
      await s.store.revoke(user, id, { reason: "logout", actor: { kind: "self" } }, s.clock.now());
      await s.expectUntouched(id, async () => {
        for (const presented of [1, 2, 3]) await s.expectRotation("revoked", { id, presented });
        s.clock.advance(2 * MINUTE);
        await s.expectRotation("revoked", { id, presented: 2 });
      });
    },
  ),

  storeCase("the wall clock going back turns no retry into reuse", async (s) => {
    const { id } = await s.signIn();
    s.clock.advance(MINUTE);
    const row = await s.expectRotation("rotated", { id, presented: 1 });
    await s.store.confirm([{ id, generation: 2 }], s.clock.now());
    s.clock.setWall(s.clock.now() - 5 * SECOND);
    const again = await s.expectRotation("retried", { id, presented: 1 });
    assert.equal(again.generation, row.generation);
    const next = await s.expectRotation("rotated", { id, presented: 2 });
    assert.equal(next.lastUsedAt, row.lastUsedAt, "lastUsedAt never goes back");
    assert.equal(next.expiresAt, row.expiresAt, "the idle deadline never goes back");
    assert.equal(next.accessUntil, row.accessUntil, "accessUntil never goes back");
  }),
];
