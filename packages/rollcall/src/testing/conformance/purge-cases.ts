import assert from "node:assert/strict";
import { DAY, MINUTE, SECOND } from "./new-session.js";
import { idsOf, storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

/** `purge`: what is deleted, and when. */
export const purgeCases: readonly StoreCase[] = [
  storeCase(
    "purge forgets by the absolute limit, to the millisecond, with the events",
    async (s) => {
      const { cursor } = await s.store.changes(null, 0, s.clock.now());
      const { id, absoluteExpiresAt } = await s.signIn();
      s.clock.advance(SECOND);
      const kept = await s.signIn();
      await s.end(await s.row(id));
      s.clock.advance(31 * DAY);
      assert.equal(await s.store.purge(absoluteExpiresAt, 100), 0);
      assert.equal(await s.store.purge(absoluteExpiresAt + 1, 100), 1);
      assert.equal(await s.store.find(id, s.clock.now()), null);
      assert.deepEqual(await s.row(kept.id), kept);
      const { events } = await s.store.changes(cursor, 0, s.clock.now());
      assert.deepEqual(new Set(events.map((event) => event.sessionId)), new Set([kept.id]));
    },
  ),

  storeCase("purge keeps sessions that are revoked or idle but not past their limit", async (s) => {
    const ended = await s.end(await s.signIn());
    const idle = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(DAY);
    assert.equal(await s.store.purge(s.clock.now(), 100), 0);
    assert.deepEqual(await s.row(ended.id), ended);
    assert.deepEqual(await s.row(idle.id), idle);
  }),

  storeCase("purge takes at most its limit at a time, and says how many", async (s) => {
    for (let index = 0; index < 7; index += 1) await s.signIn({ absoluteTimeout: MINUTE });
    const kept = await s.signIn();
    s.clock.advance(2 * MINUTE);
    const counts: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      counts.push(await s.store.purge(s.clock.now(), 3));
    }
    assert.deepEqual(counts, [3, 3, 1, 0]);
    assert.deepEqual(idsOf(await s.list()), [kept.id]);
  }),

  storeCase("a cursor stays good when the newest events are purged", async (s) => {
    await s.signIn({ absoluteTimeout: MINUTE });
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    s.clock.advance(2 * MINUTE);
    await s.store.purge(s.clock.now(), 100);
    const { id } = await s.signIn();
    const page = await s.store.changes(cursor, 0, s.clock.now());
    assert.equal(page.whole, false, "this database gave that cursor");
    assert.deepEqual(
      page.events.map((event) => event.sessionId),
      [id],
    );
  }),
];
