import assert from "node:assert/strict";
import type { StoredEvent } from "../../core/model/events.js";
import type { SessionStore } from "../../core/port/store.js";
import { ada, MINUTE, newId, SECOND, TERMS } from "./new-session.js";
import { idsOf, LOGOUT, type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const GARBAGE = [
  "",
  "0x1",
  "-1",
  "99999999999",
  "1e9",
  "NaN",
  "null",
  "{}",
  "a:b:c",
  "' OR 1=1 --",
];

/** Follows the changes from now on, as a running process does. */
async function follow(
  s: Scenario,
  store: SessionStore = s.store,
): Promise<() => Promise<readonly StoredEvent[]>> {
  let { cursor } = await store.changes(null, 0, s.clock.now());
  return async () => {
    const page = await store.changes(cursor, 0, s.clock.now());
    assert.equal(page.whole, false, "a cursor just given must be good");
    cursor = page.cursor;
    return page.events;
  };
}

/** Contract §5.4: how other processes learn what happened. */
export const changesCases: readonly StoreCase[] = [
  storeCase(
    "without a cursor: the revoked sessions whose access tokens may live, and no event",
    async (s) => {
      const ended = await s.end(await s.signIn());
      await s.signIn();
      const margin = MINUTE;
      const page = await s.store.changes(null, margin, s.clock.now());
      const { id, accessUntil } = ended;
      assert.deepEqual([page.whole, page.events], [true, []]);
      assert.deepEqual(page.revoked, [{ id, accessUntil }]);
      s.clock.advance(accessUntil + margin - 1 - s.clock.now());
      const late = await s.store.changes(null, margin, s.clock.now());
      assert.deepEqual(late.revoked, [{ id, accessUntil }], "the margin is part of the window");
      s.clock.advance(1);
      assert.deepEqual((await s.store.changes(null, margin, s.clock.now())).revoked, []);
    },
  ),

  storeCase("each page tells what time it is by the clock that decides", async (s) => {
    const whole = await s.store.changes(null, MINUTE, s.clock.now());
    assert.equal(whole.now, s.clock.now());
    s.clock.advance(MINUTE);
    const later = await s.store.changes(whole.cursor, MINUTE, s.clock.now());
    assert.equal(later.now, s.clock.now());
  }),

  storeCase("the window goes by accessUntil, not by the time of the revocation", async (s) => {
    const { id } = await s.signIn({ accessTokenTtl: MINUTE });
    const presented = { id, presented: 1, accessTokenTtl: 60 * MINUTE };
    const { accessUntil } = await s.expectRotation("rotated", presented);
    await s.end(await s.row(id));
    s.clock.advance(59 * MINUTE);
    const page = await s.store.changes(null, 0, s.clock.now());
    assert.deepEqual(page.revoked, [{ id, accessUntil }]);
  }),

  storeCase("a cursor that was never given gets the whole window", async (s) => {
    const { id, accessUntil } = await s.end(await s.signIn());
    for (const cursor of GARBAGE) {
      const page = await s.store.changes(cursor, MINUTE, s.clock.now());
      assert.deepEqual([page.whole, page.events], [true, []], `cursor ${JSON.stringify(cursor)}`);
      assert.deepEqual(page.revoked, [{ id, accessUntil }]);
      const next = await s.store.changes(page.cursor, MINUTE, s.clock.now());
      assert.equal(next.whole, false, "the new cursor is good");
    }
  }),

  storeCase("every event is told, in the order of the session's life", async (s) => {
    const next = await follow(s);
    const id = newId();
    await s.signIn({ id });
    const other = await s.signIn();
    for (const name of ["a", "b"]) {
      s.clock.advance(SECOND);
      await s.store.rename(ada, id, { name, actor: LOGOUT.actor, now: s.clock.now() });
    }
    await s.expectRotation("rotated", { id, presented: 4 });
    await s.end(other);
    await s.expectRotation("reused", { id, presented: 2 });
    const events = await next();
    const mine = events.filter((event) => event.sessionId === id);
    assert.deepEqual(typesOf(mine), [
      "session.created",
      "session.renamed",
      "session.renamed",
      "session.generation_ahead",
      "session.reuse_detected",
      "session.revoked",
    ]);
    const theirs = events.filter((event) => event.sessionId === other.id);
    assert.deepEqual(typesOf(theirs), ["session.created", "session.revoked"]);
    assert.equal(new Set(events.map((event) => event.id)).size, events.length);
    const numbers = mine.map((event) => BigInt(event.id));
    assert.ok(
      numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? number)),
      "ids of events grow",
    );
  }),

  storeCase("read step by step, nothing is missed", async (s) => {
    const next = await follow(s);
    const told = new Set<string>();
    const read = async (): Promise<void> => {
      for (const event of await next()) told.add(`${event.sessionId} ${event.type}`);
    };
    await read();
    const expected: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      const session = await s.signIn();
      if (index % 3 === 0) await read();
      await s.end(session);
      if (index % 2 === 0) await read();
      expected.push(`${session.id} session.created`, `${session.id} session.revoked`);
    }
    await read();
    assert.deepEqual(told, new Set(expected));
  }),

  storeCase("endings come with what an index must know", async (s) => {
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    const sessions = [await s.signIn(), await s.signIn(), await s.signIn()];
    await s.signIn({ user: { type: "user", id: "grace" } });
    await s.everywhere();
    s.clock.advance(TERMS.accessTokenTtl * 2);
    const page = await s.store.changes(cursor, 0, s.clock.now());
    assert.equal(page.whole, false);
    const entries = sessions.map(({ id, accessUntil }) => [id, accessUntil] as const);
    const told = page.revoked.map(({ id, accessUntil }) => [id, accessUntil] as const);
    assert.deepEqual(new Map(told), new Map(entries));
  }),

  storeCase("a cursor may be used again, and by several readers", async (s) => {
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    const ended = await s.end(await s.signIn());
    for (const _ of ["first", "second"]) {
      const page = await s.store.changes(cursor, 0, s.clock.now());
      assert.deepEqual(typesOf(page.events), ["session.created", "session.revoked"]);
      assert.deepEqual(idsOf(page.revoked), [ended.id]);
    }
  }),

  storeCase("600 events come through", async (s) => {
    const next = await follow(s);
    await s.atOnce(300, (store) => s.create({}, store));
    await s.everywhere();
    const events = await next();
    assert.equal(new Set(events.map((event) => `${event.sessionId} ${event.type}`)).size, 600);
  }),

  storeCase("a reader among writers misses nothing", async (s) => {
    const reader = (await s.other()) ?? s.store;
    const next = await follow(s, reader);
    const told = new Set<string>();
    const read = async (): Promise<void> => {
      for (const event of await next()) told.add(`${event.sessionId} ${event.type}`);
    };
    let writing = true;
    const reading = async (): Promise<void> => {
      while (writing) {
        await read();
        // Lets the writers go on also where a read takes no time at all.
        await new Promise(setImmediate);
      }
    };
    const write = async (store: SessionStore, index: number): Promise<readonly string[]> => {
      const [id, user] = [newId(), { type: "user", id: `u${index % 40}` }];
      // With a limit it takes several statements, so that transactions overlap.
      await s.create({ id, user, limit: { max: 1000, onLimit: "refuse" } }, store);
      const everyone = { revocation: LOGOUT, except: newId(), now: s.clock.now() };
      if (index % 4 === 0) await store.revokeAll(user, everyone);
      await store.revoke(user, id, LOGOUT, s.clock.now());
      return [`${id} session.created`, `${id} session.revoked`];
    };
    const writers = s.atOnce(100, write).finally(() => {
      writing = false;
    });
    const [expected] = await Promise.all([writers, reading()]);
    await read();
    assert.deepEqual(told, new Set(expected.flat()));
  }),

  storeCase(
    "what one handle writes, another reads",
    async (s) => {
      const other = await s.other();
      assert.ok(other !== undefined);
      const { cursor } = await other.changes(null, 0, s.clock.now());
      const ended = await s.end(await s.signIn());
      const page = await other.changes(cursor, 0, s.clock.now());
      assert.deepEqual(typesOf(page.events), ["session.created", "session.revoked"]);
      assert.deepEqual(idsOf(page.revoked), [ended.id]);
      assert.deepEqual(await other.get(ada, ended.id), ended);
      const fresh = await other.changes(null, 0, s.clock.now());
      const again = await s.store.changes(fresh.cursor, 0, s.clock.now());
      assert.equal(again.whole, false, "cursors belong to the database, not to the handle");
    },
    "another",
  ),
];
