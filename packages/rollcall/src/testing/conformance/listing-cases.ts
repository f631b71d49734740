import assert from "node:assert/strict";
import type { SessionId } from "../../core/model/session.js";
import type { SessionSummary } from "../../core/model/session-summary.js";
import { ada, MINUTE, newId, SECOND } from "./new-session.js";
import { idsOf, type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const ACTOR = { kind: "user" } as const;

/** Reads all pages, calling `between` after each. */
async function pages(
  s: Scenario,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<readonly SessionId[]> {
  const ids: SessionId[] = [];
  let last: SessionSummary | undefined;
  do {
    assert.ok(ids.length < 200, "the pages never come to an end");
    const after = last === undefined ? null : { createdAt: last.createdAt, id: last.id };
    const page = await s.list(ada, { limit, after });
    assert.ok(page.length <= limit, "a page is longer than its limit");
    ids.push(...idsOf(page));
    last = page.at(-1);
    await between();
  } while (last !== undefined);
  return ids;
}

/** `list` and `rename`. */
export const listingCases: readonly StoreCase[] = [
  storeCase("the list is newest sign-in first, whatever was used or rotated since", async (s) => {
    const ids: SessionId[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.unshift((await s.signIn()).id);
      s.clock.advance(SECOND);
    }
    const [, second, third] = ids;
    assert.ok(second !== undefined && third !== undefined);
    await s.expectRotation("rotated", { id: third, presented: 1 });
    await s.store.touch([{ id: second, at: s.clock.now() }], s.clock.now());
    assert.deepEqual(idsOf(await s.list()), ids);
  }),

  storeCase("sign-ins of one millisecond are listed by id, ascending by code unit", async (s) => {
    const ids: SessionId[] = [];
    for (let index = 0; index < 12; index += 1) ids.push((await s.signIn()).id);
    assert.deepEqual(idsOf(await s.list()), ids.sort());
  }),

  storeCase("the list holds what is active, to the millisecond", async (s) => {
    await s.end(await s.signIn());
    const short = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE - 1);
    assert.deepEqual(idsOf(await s.list()), [short.id]);
    s.clock.advance(1);
    assert.deepEqual(await s.list(), []);
  }),

  storeCase("a page is cut at its limit", async (s) => {
    for (let index = 0; index < 4; index += 1) await s.signIn();
    assert.equal((await s.list(ada, { limit: 3 })).length, 3);
    assert.equal((await s.list(ada, { limit: 4 })).length, 4);
    assert.equal((await s.list(ada, { limit: 5 })).length, 4);
  }),

  storeCase("pages have no gaps and no repeats, ties included", async (s) => {
    for (let index = 0; index < 23; index += 1) {
      await s.signIn();
      if (index % 5 === 0) s.clock.advance(1);
    }
    const all = idsOf(await s.list());
    assert.equal(all.length, 23);
    for (const limit of [1, 2, 3, 7, 23]) assert.deepEqual(await pages(s, limit), all);
  }),

  storeCase("sign-ins between two pages neither repeat nor hide what was there", async (s) => {
    for (let index = 0; index < 12; index += 1) {
      await s.signIn();
      if (index % 4 === 0) s.clock.advance(1);
    }
    s.clock.advance(1);
    const there = idsOf(await s.list());
    assert.deepEqual(await pages(s, 3, () => s.signIn()), there);
  }),

  storeCase("a page goes on behind a session that has ended meanwhile", async (s) => {
    for (let index = 0; index < 6; index += 1) {
      await s.signIn();
      s.clock.advance(1);
    }
    const all = await s.list();
    const [first, last] = [all[0], all[2]];
    assert.ok(first !== undefined && last !== undefined);
    await s.end(first);
    await s.end(last);
    const after = { createdAt: last.createdAt, id: last.id };
    assert.deepEqual(idsOf(await s.list(ada, { after })), idsOf(all.slice(3)));
  }),

  storeCase("rename names an active session, clears the name, and tells of it", async (s) => {
    const before = await s.signIn();
    s.clock.advance(SECOND);
    const actor = { kind: "user", sessionId: newId() } as const;
    for (const name of ["Kitchen iPad", "Küche 📱 'x'", null, "kitchen ipad"]) {
      const events = await s.eventsDuring(async () => {
        const change = { name, actor, now: s.clock.now() };
        const renamed = await s.store.rename(ada, before.id, change);
        assert.deepEqual(renamed, { ...before, name });
        assert.deepEqual(await s.row(before.id), renamed);
      });
      assert.deepEqual(typesOf(events), ["session.renamed"]);
      assert.deepEqual(events[0]?.actor, actor);
      assert.equal(events[0]?.at, s.clock.now());
    }
  }),

  storeCase("a rename to the name it has writes nothing and gives the session", async (s) => {
    const { id } = await s.signIn();
    for (const name of [null, "Desk", null]) {
      const change = { name, actor: ACTOR, now: s.clock.now() };
      await s.store.rename(ada, id, change);
      await s.expectUntouched(id, async () => {
        assert.deepEqual(await s.store.rename(ada, id, change), await s.row(id));
      });
    }
  }),

  storeCase("rename gives null for what is unknown, ended or expired", async (s) => {
    const ended = await s.end(await s.signIn());
    const expired = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    const change = { name: "x", actor: ACTOR, now: s.clock.now() };
    for (const { id } of [ended, expired]) {
      await s.expectUntouched(id, async () => {
        assert.equal(await s.store.rename(ada, id, change), null);
        assert.equal(await s.store.rename(ada, newId(), change), null);
      });
    }
  }),

  storeCase("a rotation keeps the name, and a rename the generation", async (s) => {
    const { id } = await s.signIn();
    await s.expectRotation("rotated", { id, presented: 1 });
    await s.store.rename(ada, id, { name: "Desk", actor: ACTOR, now: s.clock.now() });
    const row = await s.expectRotation("rotated", { id, presented: 2 });
    assert.deepEqual([row.name, row.generation], ["Desk", 3]);
  }),
];
