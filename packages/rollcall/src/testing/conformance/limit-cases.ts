import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import type { SessionLimit } from "../../core/port/operations.js";
import { ada, grace, MINUTE, newId, SECOND } from "./new-session.js";
import { idsOf, type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

async function signIns(s: Scenario, count: number): Promise<readonly StoredSession[]> {
  const rows: StoredSession[] = [];
  for (let index = 0; index < count; index += 1) {
    rows.push(await s.signIn());
    s.clock.advance(SECOND);
  }
  return rows;
}

const POLICIES: readonly SessionLimit["onLimit"][] = [
  "evict-oldest",
  "evict-least-recently-used",
  "refuse",
];

/** `maxPerUser`: which session is evicted, and which sign-in is refused. */
export const limitCases: readonly StoreCase[] = [
  storeCase("below the limit nothing is ended and nobody refused", async (s) => {
    for (const onLimit of POLICIES) {
      const user = { type: "user", id: onLimit };
      for (const _ of ["first", "second", "third"]) {
        const created = await s.expectCreated({ user, limit: { max: 3, onLimit } });
        assert.deepEqual(created.ended, []);
      }
      assert.equal((await s.list(user)).length, 3);
    }
  }),

  storeCase("evict-oldest ends the oldest sign-in, however lately used", async (s) => {
    const [oldest, second, third] = await signIns(s, 3);
    assert.ok(oldest !== undefined && second !== undefined && third !== undefined);
    await s.store.touch([{ id: oldest.id, at: s.clock.now() }], s.clock.now());
    const id = newId();
    const created = await s.expectCreated({ id, limit: { max: 3, onLimit: "evict-oldest" } });
    assert.deepEqual(created.ended, [{ id: oldest.id, accessUntil: oldest.accessUntil }]);
    assert.deepEqual(idsOf(await s.list()), [id, third.id, second.id]);
  }),

  storeCase(
    "evict-least-recently-used ends the one unused for longest, however young",
    async (s) => {
      const [first, second, third] = await signIns(s, 3);
      assert.ok(first !== undefined && second !== undefined && third !== undefined);
      const now = s.clock.now();
      await s.store.touch([{ id: first.id, at: now }], now);
      await s.expectRotation("rotated", { id: second.id, presented: 1 });
      const limit = { max: 3, onLimit: "evict-least-recently-used" } as const;
      const created = await s.expectCreated({ limit });
      assert.deepEqual(idsOf(created.ended), [third.id]);
    },
  ),

  storeCase("an eviction is told by evicted and then revoked, and stands in the row", async (s) => {
    const old = await s.signIn();
    s.clock.advance(SECOND);
    const events = await s.eventsDuring(() =>
      s.signIn({ limit: { max: 1, onLimit: "evict-oldest" } }),
    );
    const told = events.filter((event) => event.sessionId === old.id);
    assert.deepEqual(typesOf(told), ["session.evicted", "session.revoked"]);
    const [, revoked] = told;
    assert.ok(revoked?.type === "session.revoked");
    assert.equal(revoked.reason, "evicted");
    assert.deepEqual(await s.row(old.id), {
      ...old,
      revokedAt: s.clock.now(),
      revokedReason: "evicted",
      revokedBy: { kind: "system" },
    });
    assert.equal(events.length, 3);
  }),

  storeCase("a lowered limit ends as many as needed", async (s) => {
    for (const onLimit of ["evict-oldest", "evict-least-recently-used"] as const) {
      await s.everywhere();
      const rows = await signIns(s, 6);
      const id = newId();
      const created = await s.expectCreated({ id, limit: { max: 2, onLimit } });
      assert.deepEqual(new Set(idsOf(created.ended)), new Set(idsOf(rows.slice(0, 5))));
      assert.deepEqual(idsOf(await s.list()), [id, rows[5]?.id]);
    }
  }),

  storeCase("refuse refuses, and writes nothing", async (s) => {
    const [row] = await signIns(s, 2);
    assert.ok(row !== undefined);
    const id = newId();
    await s.expectUntouched(row.id, async () => {
      const refused = await s.create({ id, limit: { max: 2, onLimit: "refuse" } });
      assert.deepEqual(refused, { outcome: "refused" });
    });
    assert.equal(await s.store.find(id, s.clock.now()), null);
  }),

  storeCase("revoked and expired sessions do not count", async (s) => {
    for (const onLimit of POLICIES) {
      const user = { type: "user", id: onLimit };
      await s.end(await s.signIn({ user }));
      await s.signIn({ user, idleTimeout: MINUTE });
      s.clock.advance(MINUTE);
      const created = await s.expectCreated({ user, limit: { max: 1, onLimit } });
      assert.deepEqual(created.ended, []);
    }
  }),

  storeCase("sessions of others do not count, nor are they ended", async (s) => {
    for (const onLimit of POLICIES) {
      await s.everywhere();
      const foreign = await s.signIn({ user: grace });
      const otherType = await s.signIn({ user: { type: "staff", id: ada.id } });
      const created = await s.expectCreated({ limit: { max: 1, onLimit } });
      assert.deepEqual(created.ended, []);
      assert.deepEqual(await s.row(foreign.id), foreign);
      assert.deepEqual(await s.row(otherType.id), otherType);
    }
  }),

  storeCase("the replaced session makes room, so that nobody else must go", async (s) => {
    for (const onLimit of POLICIES) {
      const user = { type: "user", id: onLimit };
      const kept = await s.signIn({ user });
      s.clock.advance(SECOND);
      const replaced = await s.signIn({ user });
      s.clock.advance(SECOND);
      const id = newId();
      const limit = { max: 2, onLimit };
      const created = await s.expectCreated({ id, user, replaces: replaced.id, limit });
      assert.deepEqual(idsOf(created.ended), [replaced.id]);
      assert.equal((await s.row(replaced.id)).revokedReason, "replaced");
      assert.deepEqual(idsOf(await s.list(user)), [id, kept.id]);
    }
  }),

  storeCase("a refused sign-in does not end what it would have replaced", async (s) => {
    const [replaced] = await signIns(s, 3);
    assert.ok(replaced !== undefined);
    await s.expectUntouched(replaced.id, async () => {
      const limit = { max: 2, onLimit: "refuse" } as const;
      assert.equal((await s.create({ replaces: replaced.id, limit })).outcome, "refused");
    });
  }),
];
