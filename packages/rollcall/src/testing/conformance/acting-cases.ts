import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { NewSession } from "../../core/port/operations.js";
import { ada, grace, MINUTE, newId, SECOND } from "./new-session.js";
import { idsOf, LOGOUT, type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const staff: User = { type: "staff", id: "7" };

/** The actor of sessions that are begun from this one. */
function actorOf({ id, user }: StoredSession, reason?: string): NewSession["actor"] {
  return { user, sessionId: id, ...(reason === undefined ? {} : { reason }) };
}

/** A session of Ada's, in which somebody acts as her. */
function actAs(s: Scenario, own: StoredSession, differing: Partial<NewSession> = {}) {
  return s.signIn({ actor: actorOf(own), ...differing });
}

/** What may end a session. */
const WAYS: Readonly<Record<string, (s: Scenario, own: StoredSession) => Promise<unknown>>> = {
  revoke: (s, own) => s.end(own),
  everywhere: (s) => s.everywhere(staff),
  "the end of the others": (s) => s.everywhere(staff, { except: newId() }),
  "a sign-in that replaces it": (s, { id }) => s.signIn({ user: staff, replaces: id }),
  eviction: (s) => s.signIn({ user: staff, limit: { max: 1, onLimit: "evict-oldest" } }),
  async "a superseded refresh token"(s, { id }) {
    for (const presented of [1, 2]) await s.expectRotation("rotated", { id, presented });
    await s.expectRotation("reused", { id, presented: 1 });
  },
  async "a token of a skipped generation"(s, { id }) {
    await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(MINUTE);
    await s.expectRotation("rotated", { id, presented: 1 });
    await s.store.confirm([{ id, generation: 2 }], s.clock.now(), true);
  },
  "a compromised key": (s) =>
    s.store.revokeByKey({
      ...{ keyId: "k7", revocation: LOGOUT, after: null, wait: true },
      now: s.clock.now(),
    }),
  erasure: (s) => s.store.erase(staff, { margin: MINUTE, now: s.clock.now() }),
};

const endingCases = Object.entries(WAYS).map(([way, end]) =>
  storeCase(`what its user does as somebody else ends with a session: ${way}`, async (s) => {
    const own = await s.signIn({ user: staff, keyId: "k7" });
    const before = await s.end(await actAs(s, own));
    const acting = [await actAs(s, own), await actAs(s, own, { user: grace })];
    s.clock.advance(SECOND);
    const events = await s.eventsDuring(() => end(s, own));
    for (const { id, user, createdAt } of acting) {
      const row = await s.row(id);
      assert.equal(row.revokedReason, "actor_ended");
      assert.deepEqual(row.revokedBy, { kind: "system" });
      const [told, ...more] = events.filter(({ sessionId }) => sessionId === id);
      assert.ok(told?.type === "session.revoked");
      const { type, reason, actor, at } = told;
      assert.deepEqual([type, reason, actor], ["session.revoked", "actor_ended", row.revokedBy]);
      assert.deepEqual([told.user, at], [user, row.revokedAt]);
      assert.ok(at > createdAt);
      assert.deepEqual(more, []);
    }
    assert.deepEqual(await s.row(before.id), before, "the first ending wins");
  }),
);

/** Sessions in which somebody acts as the user (RFC 8693 `act`). */
export const actingCases: readonly StoreCase[] = [
  storeCase("a session in which somebody acts says who and why, and tells it", async (s) => {
    const own = await s.signIn({ user: staff });
    const id = newId();
    const [event, ...more] = await s.eventsDuring(async () => {
      await actAs(s, own, { id, actor: actorOf(own, "ticket 12: “Rücknahme”") });
    });
    const { actor } = await s.row(id);
    assert.deepEqual(actor, { user: staff, sessionId: own.id, reason: "ticket 12: “Rücknahme”" });
    assert.equal(event?.type, "session.created");
    assert.deepEqual(event.actor, { kind: "admin", sessionId: own.id, id: staff.id });
    assert.deepEqual([event.user, event.sessionId], [ada, id]);
    assert.deepEqual(more, []);
    assert.deepEqual(idsOf(await s.list(staff)), [own.id]);
    assert.deepEqual(idsOf(await s.list()), [id]);
  }),

  ...endingCases,

  storeCase("nobody acts from a session that has ended, is unknown or is another's", async (s) => {
    const ended = await s.end(await s.signIn({ user: staff }));
    const other = await s.signIn({ user: grace });
    const expired = await s.signIn({ user: staff, idleTimeout: SECOND });
    s.clock.advance(SECOND);
    const actors: NewSession["actor"][] = [
      actorOf(ended),
      actorOf(expired),
      { user: staff, sessionId: newId() },
      { user: staff, sessionId: other.id },
      { user: { type: "user", id: staff.id }, sessionId: other.id },
    ];
    const limits = [null, { max: 5, onLimit: "refuse" } as const];
    for (const actor of actors) {
      for (const limit of limits) {
        const events = await s.eventsDuring(async () => {
          assert.equal((await s.create({ actor, limit })).outcome, "outdated");
        });
        assert.deepEqual(events, []);
      }
    }
    assert.deepEqual(await s.list(), []);
  }),

  storeCase("an end leaves alone who acts from another session, and who has expired", async (s) => {
    const own = await s.signIn({ user: staff });
    const other = await s.signIn({ user: staff });
    const kept = await actAs(s, other);
    const theirs = await s.signIn();
    const expired = await actAs(s, own, { idleTimeout: SECOND });
    s.clock.advance(SECOND);
    const events = await s.eventsDuring(() => s.end(own));
    assert.deepEqual(idsOf(events.map(({ sessionId: id }) => ({ id }))), [own.id]);
    assert.deepEqual(await s.row(expired.id), expired);
    assert.deepEqual(await s.row(kept.id), kept);
    assert.deepEqual(await s.row(theirs.id), theirs);
  }),

  storeCase("a session in which somebody acts ends alone", async (s) => {
    const own = await s.signIn({ user: staff });
    const [first, second] = [await actAs(s, own), await actAs(s, own)];
    await s.end(first);
    assert.deepEqual(await s.row(own.id), own);
    assert.deepEqual(await s.row(second.id), second);
    assert.deepEqual(idsOf(await s.everywhere()), [second.id]);
    assert.deepEqual(await s.row(own.id), own);
  }),

  storeCase("who acts as the user does not count, and is not evicted", async (s) => {
    const own = await s.signIn({ user: staff });
    const acting = await actAs(s, own);
    s.clock.advance(SECOND);
    const first = await s.signIn();
    s.clock.advance(SECOND);
    const max = 2;
    for (const onLimit of ["refuse", "evict-oldest", "evict-least-recently-used"] as const) {
      const { session, ended } = await s.expectCreated({ limit: { max, onLimit } });
      assert.deepEqual(ended, []);
      await s.end(session);
    }
    for (const onLimit of ["evict-oldest", "evict-least-recently-used"] as const) {
      const { session, ended } = await s.expectCreated({ limit: { max: 1, onLimit } });
      const [evicted] = ended;
      assert.notEqual(evicted?.id, acting.id);
      assert.equal(ended.length, 1);
      assert.notEqual(session.id, first.id);
    }
    assert.deepEqual(await s.row(acting.id), acting);
  }),

  storeCase(
    "everywhere counts against when it was asked for, not against the actor's sign-in",
    async (s) => {
      const authenticatedAt = s.clock.now();
      const own = await s.signIn({ user: staff });
      s.clock.advance(MINUTE);
      await s.everywhere();
      const at = s.clock.now();
      const asked = (provenAt: number) =>
        s.create({
          actor: actorOf(own),
          authenticatedAt,
          provenAt,
          limit: { max: 9, onLimit: "refuse" },
        });
      assert.equal((await asked(at - 1)).outcome, "outdated");
      const created = await asked(at);
      assert.ok(created.outcome === "created");
      assert.equal(created.session.authenticatedAt, authenticatedAt);
      const early = { actor: actorOf(own), authenticatedAt, provenAt: at - 1 };
      assert.equal((await s.create(early)).outcome, "outdated");
    },
  ),

  storeCase("a key that touched both sessions ends each of them once", async (s) => {
    const own = await s.signIn({ user: staff, keyId: "k7" });
    const acting = [await actAs(s, own, { keyId: "k7" }), await actAs(s, own, { keyId: "k7" })];
    const ids = [own, ...acting].map(({ id }) => id);
    const events = await s.eventsDuring(() =>
      s.store.revokeByKey({
        ...{ keyId: "k7", revocation: LOGOUT, after: null, wait: true },
        now: s.clock.now(),
      }),
    );
    assert.deepEqual(events.map(({ sessionId }) => sessionId).sort(), ids.sort());
    for (const { type, sessionId, ...event } of events) {
      assert.ok(type === "session.revoked" && "reason" in event);
      assert.equal((await s.row(sessionId)).revokedReason, event.reason);
    }
  }),

  storeCase("50 who begin to act while their session ends leave none", async (s) => {
    const own = await s.signIn({ user: staff });
    const actor = actorOf(own);
    await s.atOnce(50, async (store, index) => {
      if (index === 25) await store.revoke(staff, own.id, LOGOUT, s.clock.now());
      else await s.create({ actor }, store);
    });
    assert.deepEqual(await s.list(), []);
    const events = await s.eventsDuring(() => s.end(own).catch(() => undefined));
    assert.deepEqual(typesOf(events), []);
  }),
];
