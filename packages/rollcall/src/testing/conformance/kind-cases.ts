import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import type { SessionLimit } from "../../core/port/operations.js";
import { newId, SECOND } from "./new-session.js";
import { idsOf, type Scenario, storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const POLICIES = ["evict-oldest", "evict-least-recently-used"] as const;

async function signIn(s: Scenario, kind: string | null): Promise<StoredSession> {
  const row = await s.signIn({ kind });
  s.clock.advance(SECOND);
  return row;
}

async function signInKey(s: Scenario): Promise<StoredSession> {
  const row = await s.signIn({ kind: "key", scopes: ["read"], secretHash: "h".repeat(43) });
  s.clock.advance(SECOND);
  return row;
}

/** Kinds of sessions: which of them count together. */
export const kindCases: readonly StoreCase[] = [
  storeCase("the kind of a session comes back, and null where it has none", async (s) => {
    for (const kind of ["mobile", "null", "x".repeat(64), null]) {
      const row = await signIn(s, kind);
      assert.equal(row.kind, kind);
      assert.equal((await s.row(row.id)).kind, kind);
      assert.equal((await s.expectRotation("rotated", { id: row.id, presented: 1 })).kind, kind);
    }
  }),

  storeCase(
    "of a kind that counts alone only its own sessions count, and are evicted",
    async (s) => {
      for (const onLimit of POLICIES) {
        await s.everywhere();
        const others = [await signIn(s, null), await signIn(s, "browser")];
        const first = await signIn(s, "mobile");
        const second = await signIn(s, "mobile");
        const limit: SessionLimit = { max: 2, onLimit, kind: "mobile" };
        const { ended } = await s.expectCreated({ kind: "mobile", limit });
        assert.deepEqual(idsOf(ended), [first.id]);
        for (const row of [...others, second]) assert.deepEqual(await s.row(row.id), row);
      }
    },
  ),

  storeCase("all other kinds count together, and never one that counts alone", async (s) => {
    for (const onLimit of POLICIES) {
      await s.everywhere();
      const phone = await signIn(s, "mobile");
      const odd = await signIn(s, "null");
      const first = await signIn(s, null);
      const second = await signIn(s, "browser");
      const limit: SessionLimit = { max: 2, onLimit, apart: ["mobile", "null"] };
      const { ended } = await s.expectCreated({ kind: "remembered", limit });
      assert.deepEqual(idsOf(ended), [first.id]);
      for (const row of [phone, odd, second]) assert.deepEqual(await s.row(row.id), row);
    }
  }),

  storeCase("refuse counts by kinds too", async (s) => {
    await signIn(s, "mobile");
    await signIn(s, null);
    const refuse = { max: 1, onLimit: "refuse" } as const;
    const apart = ["mobile"];
    const refused = { outcome: "refused" };
    assert.deepEqual(
      await s.create({ kind: "mobile", limit: { ...refuse, kind: "mobile" } }),
      refused,
    );
    assert.deepEqual(await s.create({ kind: "web", limit: { ...refuse, apart } }), refused);
    const id = newId();
    await s.expectCreated({ id, kind: "cli", limit: { ...refuse, kind: "cli" } });
    assert.equal((await s.list()).length, 3);
  }),

  storeCase("API keys count with nobody, and nobody's sign-in evicts them", async (s) => {
    for (const onLimit of POLICIES) {
      await s.everywhere();
      const key = await signInKey(s);
      const first = await signIn(s, null);
      const created = await s.expectCreated({ limit: { max: 2, onLimit } });
      assert.deepEqual(created.ended, []);
      s.clock.advance(SECOND);
      const { ended } = await s.expectCreated({ limit: { max: 1, onLimit } });
      assert.deepEqual(new Set(idsOf(ended)), new Set([first.id, created.session.id]));
      assert.deepEqual(await s.row(key.id), key);
    }
  }),
];
