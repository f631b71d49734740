import assert from "node:assert/strict";
import type { Revocation } from "../../core/model/session.js";
import { summaryOf } from "../../core/model/session-summary.js";
import { ada, MINUTE, newId, SECOND } from "./new-session.js";
import { idsOf, LOGOUT, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const BY_STAFF: Revocation = {
  reason: "stolen device: “Gerät” 📱",
  actor: { kind: "admin", id: "staff:7 'ß" },
};

/** Contract §2.3 and §5: revocation, and that the first one wins. */
export const revocationCases: readonly StoreCase[] = [
  storeCase("revoke ends a session, and keeps reason and actor verbatim", async (s) => {
    const before = await s.signIn();
    const acting = await s.signIn();
    s.clock.advance(SECOND);
    const revocations: Revocation[] = [
      BY_STAFF,
      { reason: "revoked", actor: { kind: "user", sessionId: acting.id } },
      { reason: "logout", actor: { kind: "self", sessionId: before.id, id: "ada" } },
    ];
    for (const revocation of revocations) {
      const session = await s.signIn();
      const revoked = await s.store.revoke(ada, session.id, revocation, s.clock.now());
      assert.deepEqual(revoked, {
        changed: true,
        session: {
          ...session,
          revokedAt: s.clock.now(),
          revokedReason: revocation.reason,
          revokedBy: revocation.actor,
        },
      });
      assert.deepEqual(await s.row(session.id), revoked?.session);
    }
    assert.deepEqual(idsOf(await s.list()).length, 2);
  }),

  storeCase("an ending is told by one event, with time, user, reason and actor", async (s) => {
    const session = await s.signIn();
    s.clock.advance(SECOND);
    const [event, ...more] = await s.eventsDuring(() => s.end(session, BY_STAFF));
    assert.ok(event?.type === "session.revoked");
    const { id: _, processId: __, ...told } = event;
    assert.deepEqual(told, {
      type: "session.revoked",
      at: s.clock.now(),
      user: ada,
      sessionId: session.id,
      ...BY_STAFF,
    });
    assert.deepEqual(more, []);
  }),

  storeCase("the first ending wins: a second revoke changes nothing", async (s) => {
    const first = await s.end(await s.signIn(), BY_STAFF);
    s.clock.advance(MINUTE);
    await s.expectUntouched(first.id, async () => {
      assert.deepEqual(await s.store.revoke(ada, first.id, LOGOUT, s.clock.now()), {
        session: first,
        changed: false,
      });
    });
  }),

  storeCase("an ended session never comes back, whatever is tried on it", async (s) => {
    const { id } = await s.signIn();
    await s.expectRotation("rotated", { id, presented: 1 });
    await s.end(await s.row(id), BY_STAFF);
    s.clock.advance(SECOND);
    const now = s.clock.now();
    const before = await s.row(id);
    await s.expectUntouched(id, async () => {
      for (const presented of [1, 2, 3]) await s.expectRotation("revoked", { id, presented });
      assert.equal(await s.store.rename(ada, id, { name: "x", actor: LOGOUT.actor, now }), null);
      await s.store.touch([{ id, at: now }], now);
      assert.deepEqual((await s.store.confirm([{ id, generation: 1 }], now)).ended, []);
      assert.deepEqual(await s.everywhere(), []);
    });
    await s.signIn({ replaces: id });
    await s.signIn({ limit: { max: 1, onLimit: "evict-oldest" } });
    await s.store.purge(now, 100);
    assert.deepEqual(await s.row(id), before);
  }),

  storeCase("revoke of an expired session gives it unchanged", async (s) => {
    const session = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    await s.expectUntouched(session.id, async () => {
      assert.deepEqual(await s.store.revoke(ada, session.id, LOGOUT, s.clock.now()), {
        session,
        changed: false,
      });
    });
  }),

  storeCase("revoke of an unknown session gives null, and writes nothing", async (s) => {
    const { id } = await s.signIn();
    await s.expectUntouched(id, async () => {
      assert.equal(await s.store.revoke(ada, newId(), LOGOUT, s.clock.now()), null);
    });
  }),

  storeCase("reuse does not overwrite an revocation, nor an ending reuse", async (s) => {
    const logout = await s.signIn();
    await s.expectRotation("rotated", { id: logout.id, presented: 1 });
    await s.expectRotation("rotated", { id: logout.id, presented: 2 });
    await s.end(await s.row(logout.id));
    await s.expectUntouched(logout.id, () =>
      s.expectRotation("revoked", { id: logout.id, presented: 1 }),
    );
    const stolen = await s.signIn();
    await s.expectRotation("rotated", { id: stolen.id, presented: 1 });
    await s.expectRotation("rotated", { id: stolen.id, presented: 2 });
    const reused = await s.expectRotation("reused", { id: stolen.id, presented: 1 });
    s.clock.advance(SECOND);
    await s.expectUntouched(stolen.id, async () => {
      const revoked = await s.store.revoke(ada, stolen.id, LOGOUT, s.clock.now());
      assert.deepEqual(revoked, { session: reused, changed: false });
    });
  }),

  storeCase("everywhere ends every active session, and only those", async (s) => {
    const ended = await s.end(await s.signIn(), BY_STAFF);
    const expired = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    const active = [await s.signIn(), await s.signIn(), await s.signIn({ idleTimeout: 1 })];
    const rotated = await s.expectRotation("rotated", {
      id: active[0]?.id ?? newId(),
      presented: 1,
    });
    const revocation: Revocation = {
      reason: "revoke_all",
      actor: { kind: "user", sessionId: rotated.id },
    };
    let entries: readonly { id: string; accessUntil: number }[] = [];
    const events = await s.eventsDuring(async () => {
      entries = await s.everywhere(ada, { revocation });
    });
    const accessUntil = new Map(entries.map((entry) => [entry.id, entry.accessUntil]));
    assert.equal(entries.length, active.length);
    assert.equal(events.length, active.length);
    for (const { id } of active) {
      const row = await s.row(id);
      assert.equal(row.revokedAt, s.clock.now());
      assert.equal(row.revokedReason, "revoke_all");
      assert.deepEqual(row.revokedBy, revocation.actor);
      assert.equal(accessUntil.get(id), row.accessUntil);
      const [event] = events.filter((told) => told.sessionId === id);
      assert.ok(event?.type === "session.revoked");
      assert.equal(event.reason, "revoke_all");
      assert.deepEqual(event.actor, revocation.actor);
    }
    assert.deepEqual(await s.row(ended.id), ended);
    assert.equal((await s.row(expired.id)).revokedAt, null);
    assert.deepEqual(await s.list(), []);
  }),

  storeCase("everywhere with an exception spares that one session", async (s) => {
    const kept = await s.signIn();
    const others = [await s.signIn(), await s.signIn()];
    const entries = await s.everywhere(ada, { except: kept.id });
    assert.deepEqual(new Set(idsOf(entries)), new Set(idsOf(others)));
    assert.deepEqual(await s.list(), [summaryOf(kept)]);
    const none = await s.eventsDuring(async () => {
      assert.deepEqual(await s.everywhere(ada, { except: kept.id }), []);
    });
    assert.deepEqual(none, []);
  }),

  storeCase("everywhere with an unknown exception spares nothing", async (s) => {
    const sessions = [await s.signIn(), await s.signIn()];
    const entries = await s.everywhere(ada, { except: newId() });
    assert.deepEqual(new Set(idsOf(entries)), new Set(idsOf(sessions)));
  }),

  storeCase("everywhere reaches 300 sessions as it reaches three", async (s) => {
    await s.atOnce(300, (store) => s.create({}, store));
    const events = await s.eventsDuring(async () => {
      assert.equal((await s.everywhere()).length, 300);
    });
    assert.deepEqual(new Set(typesOf(events)), new Set(["session.revoked"]));
    assert.equal(new Set(events.map((event) => event.sessionId)).size, 300);
    assert.deepEqual(await s.list(), []);
  }),
];
