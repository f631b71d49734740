import assert from "node:assert/strict";
import { ada, DAY, MINUTE, SECOND } from "./new-session.js";
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

  storeCase(
    "purgeEvents forgets by the time of the event, but no revocation of a session that is kept",
    async (s) => {
      const { cursor } = await s.store.changes(null, 0, s.clock.now());
      const kept = await s.signIn();
      const ended = await s.end(await s.signIn());
      const at = s.clock.now();
      s.clock.advance(SECOND);
      const change = { name: "Phone", actor: { kind: "user" }, now: s.clock.now() } as const;
      const renamed = await s.store.rename(ada, kept.id, change);
      assert.equal(await s.store.purgeEvents(at, 100), 0);
      assert.equal(await s.store.purgeEvents(at + 1, 100), 2);
      const { events } = await s.store.changes(cursor, 0, s.clock.now());
      assert.deepEqual(
        new Set(events.map(({ type, sessionId }) => `${type} ${sessionId}`)),
        new Set([`session.revoked ${ended.id}`, `session.renamed ${kept.id}`]),
      );
      assert.deepEqual(await s.row(kept.id), renamed, "the session stays as it is");
      assert.deepEqual(await s.row(ended.id), ended);
    },
  ),

  storeCase("purgeEvents takes the oldest first, at most its limit at a time", async (s) => {
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.push((await s.signIn()).id);
      s.clock.advance(SECOND);
    }
    const counts: number[] = [];
    const left: (readonly string[])[] = [];
    for (let index = 0; index < 4; index += 1) {
      counts.push(await s.store.purgeEvents(s.clock.now(), 2));
      const { events } = await s.store.changes(cursor, 0, s.clock.now());
      left.push(events.map(({ sessionId }) => sessionId));
    }
    assert.deepEqual(counts, [2, 2, 1, 0]);
    assert.deepEqual(left, [ids.slice(2), ids.slice(4), [], []]);
  }),

  storeCase("what has ended is erased with its user after its events were purged", async (s) => {
    const { id } = await s.end(await s.signIn());
    s.clock.advance(DAY);
    await s.store.purgeEvents(s.clock.now(), 100);
    const erased = await s.store.erase(ada, { margin: MINUTE, now: s.clock.now() });
    assert.equal(erased.erased, 1);
    assert.equal(await s.store.find(id, s.clock.now()), null);
  }),

  storeCase("a cursor stays good when the newest events are purged", async (s) => {
    await s.signIn({ absoluteTimeout: MINUTE });
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    s.clock.advance(2 * MINUTE);
    await s.store.purge(s.clock.now(), 100);
    await s.signIn();
    s.clock.advance(SECOND);
    await s.store.purgeEvents(s.clock.now(), 100);
    const { id } = await s.signIn();
    const page = await s.store.changes(cursor, 0, s.clock.now());
    assert.equal(page.whole, false, "this database gave that cursor");
    assert.deepEqual(
      page.events.map((event) => event.sessionId),
      [id],
    );
  }),
];
