import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Outdate, OutdatedEntry } from "../../core/port/operations.js";
import type { SessionStore } from "../../core/port/store.js";
import { ada, DAY, grace, MINUTE, newId, SECOND, TERMS } from "./new-session.js";
import { type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const ADMIN: Outdate["actor"] = { kind: "admin", id: "7" };

function outdate(
  s: Scenario,
  user: User = ada,
  store: SessionStore = s.store,
): Promise<readonly OutdatedEntry[]> {
  return store.outdate(user, { actor: ADMIN, now: s.clock.now() });
}

function entryOf({ id, outdatedTo, outdatedUntil }: StoredSession): OutdatedEntry {
  assert.ok(outdatedTo !== null && outdatedUntil !== null, `session ${id} is not outdated`);
  return { id, generation: outdatedTo, until: outdatedUntil };
}

const byId = (a: OutdatedEntry, b: OutdatedEntry): number => (a.id < b.id ? -1 : 1);

/** Contract §5.9: claims that are true now. */
export const outdateCases: readonly StoreCase[] = [
  storeCase("outdate marks each active session up to its generation, and says which", async (s) => {
    const first = await s.signIn();
    const { id } = await s.signIn();
    const rotated = await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(SECOND);
    const told: OutdatedEntry[] = [];
    const events = await s.eventsDuring(async () => {
      told.push(...(await outdate(s)));
    });
    const expected = [
      { id: first.id, generation: 1, until: first.accessUntil },
      { id, generation: 2, until: rotated.accessUntil },
    ].sort(byId);
    assert.deepEqual(told.sort(byId), expected);
    for (const before of [first, rotated]) {
      const after = await s.row(before.id);
      const [outdatedTo, outdatedUntil] = [before.generation, before.accessUntil];
      assert.deepEqual(after, { ...before, outdatedTo, outdatedUntil }, "nothing else changes");
    }
    assert.deepEqual(typesOf(events), ["session.claims_outdated", "session.claims_outdated"]);
    for (const event of events) {
      assert.ok(event.type === "session.claims_outdated");
      const entry = expected.find((one) => one.id === event.sessionId);
      assert.deepEqual(
        [event.generation, event.at, event.user, event.actor],
        [entry?.generation, s.clock.now(), ada, ADMIN],
      );
    }
  }),

  storeCase("outdate leaves ended and expired sessions alone", async (s) => {
    const expired = await s.signIn({ idleTimeout: MINUTE });
    const ended = await s.end(await s.signIn());
    s.clock.advance(MINUTE);
    for (const { id } of [expired, ended]) {
      await s.expectUntouched(id, async () => assert.deepEqual(await outdate(s), []));
    }
  }),

  storeCase("an outdated session goes on, and its next generation is not outdated", async (s) => {
    const { id } = await s.signIn();
    await outdate(s);
    const next = await s.expectRotation("rotated", { id, presented: 1 });
    assert.deepEqual([next.generation, next.outdatedTo], [2, 1]);
    await s.expectRotation("retried", { id, presented: 1 });
    s.clock.advance(TERMS.retryWindow);
    const late = await s.expectRotation("rotated", { id, presented: 1 });
    assert.deepEqual([late.generation, late.outdatedTo], [3, 1]);
    const ahead = await s.expectRotation("rotated", { id, presented: 7 });
    assert.deepEqual([ahead.generation, ahead.outdatedTo], [8, 1]);
  }),

  storeCase("each outdating shows in the row, of the same generation too", async (s) => {
    const { id } = await s.signIn();
    const seen: number[] = [];
    for (const _ of ["first", "second", "third"]) {
      const [entry] = await outdate(s);
      const row = await s.row(id);
      assert.deepEqual(entryOf(row), entry);
      seen.push(entryOf(row).until);
    }
    assert.equal(new Set(seen).size, 3, "one that went unseen could not be told from the last");
    assert.deepEqual(seen, [...seen].sort(), "what is remembered is remembered for longer");
    await s.expectRotation("rotated", { id, presented: 1, accessTokenTtl: TERMS.accessTokenTtl });
    s.clock.advance(MINUTE);
    const { accessUntil } = await s.expectRotation("rotated", { id, presented: 2 });
    const [last] = await outdate(s);
    assert.deepEqual(last, { id, generation: 3, until: accessUntil });
  }),

  storeCase("outdatings come with what an index must know", async (s) => {
    const mine = await s.signIn();
    const theirs = await s.signIn({ user: grace });
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    const entries = await outdate(s);
    const page = await s.store.changes(cursor, 0, s.clock.now());
    assert.deepEqual([page.whole, page.revoked], [false, []], "nothing has ended");
    assert.deepEqual(page.outdated, entries);
    assert.deepEqual(typesOf(page.events), ["session.claims_outdated"]);
    const after = await s.store.changes(page.cursor, 0, s.clock.now());
    assert.deepEqual(after.outdated, [], "each is told once");
    await s.end(theirs);
    const ending = await s.store.changes(page.cursor, 0, s.clock.now());
    assert.deepEqual(ending.outdated, []);
    const ended = await s.end(mine);
    const last = await s.store.changes(page.cursor, 0, s.clock.now());
    assert.ok(
      last.revoked.some(({ id }) => id === ended.id),
      "an outdated session ends like any other",
    );
  }),

  storeCase("without a cursor: what is outdated, for as long as its tokens may live", async (s) => {
    const margin = MINUTE;
    const session = await s.signIn();
    const ended = await s.signIn({ user: grace });
    await s.signIn({ user: { type: "user", id: "margaret" } });
    const [mine] = await outdate(s);
    const [theirs] = await outdate(s, grace);
    assert.ok(mine !== undefined && theirs !== undefined);
    await s.end(ended);
    await s.expectRotation("rotated", { id: session.id, presented: 1, accessTokenTtl: DAY });
    const page = await s.store.changes(null, margin, s.clock.now());
    assert.deepEqual([...page.outdated].sort(byId), [mine, theirs].sort(byId));
    s.clock.advance(mine.until + margin - 1 - s.clock.now());
    const late = await s.store.changes("no cursor", margin, s.clock.now());
    assert.equal(late.outdated.length, 2, "the margin is part of the window");
    s.clock.advance(1);
    assert.deepEqual((await s.store.changes(null, margin, s.clock.now())).outdated, []);
  }),

  storeCase("a sign-in tells when the user's claims were last outdated", async (s) => {
    assert.equal((await s.expectCreated()).claimsAt, null, "never");
    s.clock.advance(SECOND);
    const first = s.clock.now();
    await outdate(s);
    s.clock.advance(SECOND);
    for (const differing of [{}, { limit: { max: 3, onLimit: "refuse" } as const }]) {
      assert.equal((await s.expectCreated(differing)).claimsAt, first);
    }
    assert.equal((await s.expectCreated({ user: grace })).claimsAt, null, "of somebody else");
    assert.equal((await s.expectCreated({ user: { ...ada, type: "staff" } })).claimsAt, null);
    await s.everywhere();
    assert.equal((await s.expectCreated()).claimsAt, first, "everywhere is another time");
    await s.store.outdate(ada, { actor: ADMIN, now: first - MINUTE });
    assert.equal((await s.expectCreated()).claimsAt, first, "it never goes back");
    s.clock.advance(SECOND);
    await outdate(s);
    assert.equal((await s.expectCreated()).claimsAt, s.clock.now());
  }),

  storeCase("to outdate refuses no sign-in, and everywhere still does", async (s) => {
    const authenticatedAt = s.clock.now();
    s.clock.advance(SECOND);
    await outdate(s);
    assert.equal((await s.create({ authenticatedAt })).outcome, "created");
    await s.everywhere();
    assert.equal((await s.create({ authenticatedAt })).outcome, "outdated");
    await outdate(s);
    assert.equal((await s.create({ authenticatedAt })).outcome, "outdated");
  }),

  storeCase("outdated before erased: the events stay readable, and nothing is left", async (s) => {
    const session = await s.signIn();
    await outdate(s);
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    await outdate(s);
    await s.store.erase(ada, { margin: MINUTE, now: s.clock.now() });
    const page = await s.store.changes(cursor, 0, s.clock.now());
    assert.deepEqual(typesOf(page.events), ["session.claims_outdated", "session.revoked"]);
    for (const event of page.events) assert.deepEqual(event.user, { type: "", id: "" });
    assert.ok(page.revoked.some(({ id }) => id === session.id));
    assert.equal((await s.expectCreated()).claimsAt, null, "an erased user's time was kept");
  }),

  storeCase("outdate against sign-ins: each was outdated, or was told of it", async (s) => {
    for (let round = 0; round < 5; round += 1) {
      const user = { type: "user", id: `round-${round}` };
      s.clock.advance(SECOND);
      const now = s.clock.now();
      const created = await s.atOnce(21, async (store, index) => {
        if (index === 10) {
          await outdate(s, user, store);
          return null;
        }
        const limit = index % 2 === 0 ? null : ({ max: 100, onLimit: "refuse" } as const);
        return s.create({ user, limit }, store);
      });
      for (const answer of created) {
        if (answer === null) continue;
        assert.ok(answer.outcome === "created");
        const { outdatedTo } = await s.row(answer.session.id);
        assert.ok(outdatedTo === 1 || answer.claimsAt === now, "a sign-in knows nothing of it");
      }
    }
  }),

  storeCase("outdate against refreshes: each was outdated, or its answer shows it", async (s) => {
    for (let round = 0; round < 10; round += 1) {
      const user = { type: "user", id: `round-${round}` };
      const sessions = await Promise.all(Array.from({ length: 5 }, () => s.signIn({ user })));
      const answers = await s.atOnce(16, async (store, index) => {
        if (index === 2) {
          await outdate(s, user, store);
          return null;
        }
        return s.rotate({ id: sessions[index % 5]?.id ?? newId(), presented: 1 }, store);
      });
      for (const answer of answers) {
        if (answer?.outcome !== "rotated") continue;
        const { id, generation, outdatedTo } = answer.session;
        const row = await s.row(id);
        assert.ok(row.outdatedTo !== null, "a session was left out");
        const isTold = outdatedTo !== null;
        assert.ok(row.outdatedTo >= generation || isTold, "a rotation knows nothing of it");
      }
    }
  }),
];
