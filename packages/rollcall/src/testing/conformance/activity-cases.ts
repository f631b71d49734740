import assert from "node:assert/strict";
import type { SessionId } from "../../core/model/session.js";
import { DAY, MINUTE, newId, SECOND, TERMS } from "./new-session.js";
import { storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const { idleTimeout, retryWindow } = TERMS;

/** Ends none, and leaves out none, since nobody has locked any. */
const NOTHING = { ended: [], left: [] };

/** `touch` and `confirm`: what is recorded of use, in batches. */
export const activityCases: readonly StoreCase[] = [
  storeCase("touch moves lastUsedAt and the idle deadline, and nothing else", async (s) => {
    const before = await s.signIn();
    s.clock.advance(MINUTE);
    const at = s.clock.now();
    s.clock.advance(SECOND);
    assert.deepEqual(await s.store.touch([{ id: before.id, at }], s.clock.now()), []);
    const after = { ...before, lastUsedAt: at, expiresAt: at + idleTimeout };
    assert.deepEqual(await s.row(before.id), after);
  }),

  storeCase("touch only ever grows: a late flush takes nothing back", async (s) => {
    const { id, createdAt } = await s.signIn();
    s.clock.advance(MINUTE);
    await s.expectRotation("rotated", { id, presented: 1 });
    await s.expectUntouched(id, async () => {
      for (const at of [s.clock.now(), s.clock.now() - SECOND, createdAt, 0]) {
        await s.store.touch([{ id, at }], s.clock.now());
      }
    });
  }),

  storeCase("touch never moves a session past its absolute limit", async (s) => {
    const { id, absoluteExpiresAt } = await s.signIn({ absoluteTimeout: 8 * DAY });
    s.clock.advance(6 * DAY);
    await s.store.touch([{ id, at: s.clock.now() }], s.clock.now());
    assert.equal((await s.row(id)).expiresAt, absoluteExpiresAt);
  }),

  storeCase("a touched session lives on by its new deadline", async (s) => {
    const { id } = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE - 1);
    await s.store.touch([{ id, at: s.clock.now() }], s.clock.now());
    s.clock.advance(MINUTE - 1);
    await s.expectRotation("rotated", { id, presented: 1 });
  }),

  storeCase("touch takes a use that lies ahead of the clock for one of now", async (s) => {
    const { id, idleTimeout } = await s.signIn();
    s.clock.advance(MINUTE);
    const now = s.clock.now();
    await s.store.touch([{ id, at: now + 20 * MINUTE }], now);
    const { lastUsedAt, expiresAt } = await s.row(id);
    assert.deepEqual([lastUsedAt, expiresAt], [now, now + idleTimeout]);
  }),

  storeCase("touch leaves ended sessions alone", async (s) => {
    const ended = await s.end(await s.signIn());
    s.clock.advance(SECOND);
    await s.expectUntouched(ended.id, () =>
      s.store.touch([{ id: ended.id, at: s.clock.now() }], s.clock.now()),
    );
    const expired = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    // Used while it lived, flushed when it was over: too late, for others have seen it expired.
    await s.expectUntouched(expired.id, () =>
      s.store.touch([{ id: expired.id, at: s.clock.now() - 1 }], s.clock.now()),
    );
  }),

  storeCase("touch takes empty batches, unknown ids, and a session named twice", async (s) => {
    const { id } = await s.signIn();
    s.clock.advance(MINUTE);
    const now = s.clock.now();
    assert.deepEqual(await s.store.touch([], now), []);
    const at = now - SECOND;
    const batch = [
      { id, at },
      { id: newId(), at: now },
      { id, at: at - SECOND },
    ];
    assert.deepEqual(await s.store.touch(batch, now), []);
    assert.equal((await s.row(id)).lastUsedAt, at);
    assert.equal((await s.list()).length, 1);
  }),

  storeCase("touch takes a batch of 2,000, each with its own time", async (s) => {
    const ids: SessionId[] = Array.from({ length: 2000 }, newId);
    for (const index of [0, 499, 500, 1234, 1999]) await s.signIn({ id: ids[index] ?? newId() });
    s.clock.advance(MINUTE);
    const start = s.clock.now() - 2000;
    const uses = ids.map((id, index) => ({ id, at: start + index }));
    assert.deepEqual(await s.store.touch(uses, s.clock.now()), []);
    for (const row of await s.list()) {
      assert.equal(row.lastUsedAt, start + ids.indexOf(row.id));
      assert.equal(row.expiresAt, row.lastUsedAt + idleTimeout);
    }
  }),

  storeCase(
    "confirm records the first use of the current generation, and nothing else",
    async (s) => {
      const before = await s.signIn();
      assert.equal(before.confirmed, 0);
      assert.deepEqual(
        await s.store.confirm([{ id: before.id, generation: 1 }], s.clock.now()),
        NOTHING,
      );
      assert.deepEqual(await s.row(before.id), { ...before, confirmed: 1 });
      await s.expectUntouched(before.id, () =>
        s.store.confirm([{ id: before.id, generation: 1 }], s.clock.now()),
      );
    },
  ),

  storeCase("confirm ignores generations that are neither current nor void", async (s) => {
    const { id } = await s.signIn();
    for (const presented of [1, 2, 3]) await s.expectRotation("rotated", { id, presented });
    await s.expectUntouched(id, async () => {
      const uses = [0, 1, 2, 3, 5, 99].map((generation) => ({ id, generation }));
      uses.push({ id: newId(), generation: 4 });
      assert.deepEqual(await s.store.confirm(uses, s.clock.now()), NOTHING);
      assert.deepEqual(await s.store.confirm([], s.clock.now()), NOTHING);
    });
  }),

  storeCase("confirm takes a whole batch: current, void, old and ended side by side", async (s) => {
    const current = await s.signIn();
    const stolen = await s.signIn();
    await s.expectRotation("rotated", { id: stolen.id, presented: 1 });
    s.clock.advance(retryWindow);
    const skipped = await s.expectRotation("rotated", { id: stolen.id, presented: 1 });
    const ended = await s.end(await s.signIn());
    const uses = [
      { id: ended.id, generation: 9 },
      { id: stolen.id, generation: 2 },
      { id: stolen.id, generation: 2 },
      { id: stolen.id, generation: 3 },
      { id: current.id, generation: 1 },
    ];
    const { ended: entries, left } = await s.store.confirm(uses, s.clock.now());
    assert.deepEqual(entries, [{ id: stolen.id, accessUntil: skipped.accessUntil }]);
    // Nobody has locked any of them.
    assert.deepEqual(left, []);
    assert.equal((await s.row(current.id)).confirmed, 1);
    assert.equal((await s.row(stolen.id)).revokedReason, "refresh_token_reuse");
    assert.deepEqual(await s.row(ended.id), ended);
  }),

  storeCase("an access token of a skipped generation ends no expired session", async (s) => {
    const { id } = await s.signIn({ idleTimeout: MINUTE });
    await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(retryWindow);
    await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(MINUTE);
    await s.expectUntouched(id, async () => {
      assert.deepEqual(await s.store.confirm([{ id, generation: 2 }], s.clock.now()), NOTHING);
    });
  }),
];
