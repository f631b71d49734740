import assert from "node:assert/strict";
import { isVoid } from "../../core/model/rotation.js";
import type { StoredSession } from "../../core/model/session.js";
import { MINUTE, TERMS } from "./new-session.js";
import { type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const { retryWindow, accessTokenTtl, idleTimeout } = TERMS;

/** Generation 1 was presented, the response with generation 2 was lost, and the retry window is over. */
async function lostAnswer(s: Scenario): Promise<StoredSession> {
  const { id } = await s.signIn();
  const row = await s.expectRotation("rotated", { id, presented: 1 });
  s.clock.advance(retryWindow);
  return row;
}

/** Contract §4.3: a late retry skips the unused successor. */
export const lateRetryCases: readonly StoreCase[] = [
  storeCase(
    "a late retry skips the unused successor: one further, the predecessor kept",
    async (s) => {
      const before = await lostAnswer(s);
      const after = await s.expectRotation("rotated", { id: before.id, presented: 1, keyId: "k2" });
      assert.deepEqual(after, {
        ...before,
        generation: 3,
        predecessor: 1,
        skippedFrom: 2,
        skippedTo: 2,
        keyId: "k2",
        rotatedAt: s.clock.now(),
        lastUsedAt: s.clock.now(),
        expiresAt: s.clock.now() + idleTimeout,
        accessUntil: s.clock.now() + accessTokenTtl,
      });
    },
  ),

  storeCase("a retry of the late retry gets the same row, for one window of its own", async (s) => {
    const { id } = await lostAnswer(s);
    const row = await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(retryWindow - 1);
    await s.expectUntouched(id, async () => {
      assert.deepEqual(await s.expectRotation("retried", { id, presented: 1 }), row);
    });
    s.clock.advance(1);
    assert.equal((await s.expectRotation("rotated", { id, presented: 1 })).generation, 4);
  }),

  storeCase("answers lost again and again cost nobody the session", async (s) => {
    const { id } = await lostAnswer(s);
    for (let generation = 3; generation <= 8; generation += 1) {
      const row = await s.expectRotation("rotated", { id, presented: 1 });
      assert.deepEqual(
        [row.generation, row.predecessor, row.skippedFrom, row.skippedTo],
        [generation, 1, 2, generation - 1],
      );
      s.clock.advance(retryWindow + MINUTE);
    }
    const row = await s.expectRotation("rotated", { id, presented: 8 });
    assert.deepEqual([row.generation, row.predecessor], [9, 8]);
  }),

  storeCase("a skipped generation presented is reuse", async (s) => {
    for (const presented of [2, 3]) {
      const { id } = await lostAnswer(s);
      await s.expectRotation("rotated", { id, presented: 1 });
      s.clock.advance(retryWindow);
      await s.expectRotation("rotated", { id, presented: 1 });
      const ended = await s.expectRotation("reused", { id, presented });
      assert.equal(ended.revokedReason, "refresh_token_reuse");
    }
  }),

  storeCase("an access token of a skipped generation is reuse, by way of confirm", async (s) => {
    for (const generation of [2, 3]) {
      const { id } = await lostAnswer(s);
      await s.expectRotation("rotated", { id, presented: 1 });
      s.clock.advance(retryWindow);
      const before = await s.expectRotation("rotated", { id, presented: 1 });
      assert.ok(isVoid(before, generation));
      const events = await s.eventsDuring(async () => {
        const { ended } = await s.store.confirm([{ id, generation }], s.clock.now());
        assert.deepEqual(ended, [{ id, accessUntil: before.accessUntil }]);
      });
      assert.deepEqual(typesOf(events), ["session.reuse_detected", "session.revoked"]);
      assert.deepEqual(await s.row(id), {
        ...before,
        revokedAt: s.clock.now(),
        revokedReason: "refresh_token_reuse",
        revokedBy: { kind: "system" },
      });
    }
  }),

  storeCase("skipped generations stay skipped after the next rotation", async (s) => {
    const { id } = await lostAnswer(s);
    await s.expectRotation("rotated", { id, presented: 1 });
    const next = await s.expectRotation("rotated", { id, presented: 3 });
    assert.deepEqual([next.skippedFrom, next.skippedTo], [2, 2]);
    const { ended } = await s.store.confirm([{ id, generation: 2 }], s.clock.now());
    assert.deepEqual(ended, [{ id, accessUntil: next.accessUntil }]);
  }),

  storeCase("once the successor was seen in use, a late predecessor is reuse", async (s) => {
    const { id } = await lostAnswer(s);
    await s.store.confirm([{ id, generation: 2 }], s.clock.now());
    await s.expectRotation("reused", { id, presented: 1 });
  }),

  storeCase("once the successor was presented, a late predecessor is reuse", async (s) => {
    const { id } = await lostAnswer(s);
    await s.expectRotation("rotated", { id, presented: 2 });
    await s.expectRotation("reused", { id, presented: 1 });
  }),

  storeCase("the use of an earlier generation does not confirm the successor", async (s) => {
    const { id } = await lostAnswer(s);
    await s.expectUntouched(id, () => s.store.confirm([{ id, generation: 1 }], s.clock.now()));
    assert.equal((await s.expectRotation("rotated", { id, presented: 1 })).generation, 3);
  }),

  storeCase("a confirmed session that rotates has an unused successor again", async (s) => {
    const { id } = await s.signIn();
    await s.store.confirm([{ id, generation: 1 }], s.clock.now());
    const row = await s.expectRotation("rotated", { id, presented: 1 });
    assert.equal(row.confirmed, 1);
    s.clock.advance(retryWindow);
    assert.equal((await s.expectRotation("rotated", { id, presented: 1 })).generation, 3);
  }),

  storeCase(
    "a late retry of a generation that moved ahead skips what was never issued to it",
    async (s) => {
      const { id } = await s.signIn();
      await s.expectRotation("rotated", { id, presented: 6 });
      s.clock.advance(retryWindow);
      const row = await s.expectRotation("rotated", { id, presented: 6 });
      assert.deepEqual(
        [row.generation, row.predecessor, row.skippedFrom, row.skippedTo],
        [8, 6, 7, 7],
      );
    },
  ),

  storeCase("the idle deadline holds for late retries too", async (s) => {
    const { id } = await s.signIn();
    const row = await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(row.expiresAt - s.clock.now());
    await s.expectUntouched(id, () => s.expectRotation("expired", { id, presented: 1 }));
  }),
];
