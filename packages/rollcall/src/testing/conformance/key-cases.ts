import assert from "node:assert/strict";
import type { Revocation, SessionId } from "../../core/model/session.js";
import type { RevokedEntry } from "../../core/port/operations.js";
import { MINUTE, SECOND, TERMS } from "./new-session.js";
import { idsOf, type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const ENDING: Revocation = { reason: "key_compromised", actor: { kind: "system" } };

/** Ends all that a key has touched, stretch by stretch. */
async function endAll(s: Scenario, keyId: string): Promise<RevokedEntry[]> {
  const ended: RevokedEntry[] = [];
  for (let after: SessionId | null = null; ; ) {
    const now = s.clock.now();
    const page = await s.store.revokeByKey({ keyId, revocation: ENDING, after, wait: true, now });
    assert.equal(page.left, false, "nothing is left out where the store is to wait");
    ended.push(...page.ended);
    if (page.next === null) return ended;
    after = page.next;
  }
}

/** Asserts which sessions end with a key, and that no other does. */
async function expectEnded(s: Scenario, keyId: string, ids: readonly SessionId[]): Promise<void> {
  const active = idsOf(await s.list());
  const ended = await endAll(s, keyId);
  assert.deepEqual(new Set(idsOf(ended)), new Set(ids));
  assert.deepEqual(
    new Set(idsOf(await s.list())),
    new Set(active.filter((id) => !ids.includes(id))),
  );
}

/** What happens to sessions when a key has leaked. */
export const keyCases: readonly StoreCase[] = [
  storeCase(
    "revokeByKey ends what was begun under the key, of every user, and says so",
    async (s) => {
      const mine = await s.signIn();
      const theirs = await s.signIn({ user: { type: "staff", id: "grace" } });
      const other = await s.signIn({ keyId: "k2" });
      s.clock.advance(SECOND);
      const events = await s.eventsDuring(async () => {
        const ended = await endAll(s, "k1");
        const entries = [mine, theirs].map(({ id, accessUntil }) => ({ id, accessUntil }));
        assert.deepEqual(new Map(ended.map((one) => [one.id, one])), byId(entries));
      });
      assert.deepEqual(typesOf(events), ["session.revoked", "session.revoked"]);
      for (const event of events) {
        assert.ok(event.type === "session.revoked");
        assert.deepEqual([event.reason, event.actor], ["key_compromised", { kind: "system" }]);
        assert.deepEqual(event.user, event.sessionId === mine.id ? mine.user : theirs.user);
      }
      for (const before of [mine, theirs]) {
        assert.deepEqual(await s.row(before.id), {
          ...before,
          revokedAt: s.clock.now(),
          revokedReason: "key_compromised",
          revokedBy: { kind: "system" },
        });
      }
      assert.deepEqual(await s.row(other.id), other);
      assert.deepEqual(await endAll(s, "k1"), [], "and there is nothing left to end");
    },
  ),

  storeCase(
    "revokeByKey ends what was rotated under the key, also many rotations ago",
    async (s) => {
      const { id } = await s.signIn();
      await s.expectRotation("rotated", { id, presented: 1, keyId: "k2" });
      for (const presented of [2, 3, 4]) {
        const by = { presentedKeyId: presented === 2 ? "k2" : "k3", keyId: "k3" };
        await s.expectRotation("rotated", { id, presented, ...by });
      }
      await expectEnded(s, "k4", []);
      await expectEnded(s, "k2", [id]);
    },
  ),

  storeCase("revokeByKey ends what was begun under the key, also many rotations ago", async (s) => {
    const { id } = await s.signIn({ keyId: "k0" });
    await s.expectRotation("rotated", { id, presented: 1, presentedKeyId: "k0" });
    for (const presented of [2, 3, 4]) await s.expectRotation("rotated", { id, presented });
    await expectEnded(s, "k0", [id]);
  }),

  storeCase("revokeByKey ends what a token under the key has moved ahead", async (s) => {
    const { id } = await s.signIn({ keyId: "k2" });
    const forged = { id, presented: 1_000_000, presentedKeyId: "k1", keyId: "k2" };
    await s.expectRotation("rotated", forged);
    await expectEnded(s, "k1", [id]);
  }),

  storeCase(
    "revokeByKey ends what a token under the key has rotated, or refreshed late",
    async (s) => {
      const rotated = await s.signIn({ keyId: "k2" });
      const by = { presentedKeyId: "k1", keyId: "k2" };
      await s.expectRotation("rotated", { id: rotated.id, presented: 1, ...by });
      const late = await s.signIn({ keyId: "k2" });
      const own = { presentedKeyId: "k2", keyId: "k2" };
      await s.expectRotation("rotated", { id: late.id, presented: 1, ...own });
      s.clock.advance(TERMS.retryWindow);
      await s.expectRotation("rotated", { id: late.id, presented: 1, ...by });
      await expectEnded(s, "k1", [rotated.id, late.id]);
    },
  ),

  storeCase("revokeByKey ends what a token under the key got by a retry", async (s) => {
    const { id } = await s.signIn({ keyId: "k2" });
    const own = { presentedKeyId: "k2", keyId: "k2" };
    const row = await s.expectRotation("rotated", { id, presented: 1, ...own });
    const forged = { id, presented: 1, presentedKeyId: "k1", keyId: "k2" };
    assert.deepEqual(await s.expectRotation("retried", forged), row);
    await expectEnded(s, "k1", [id]);
  }),

  storeCase("revokeByKey takes no part of a key's id for the key", async (s) => {
    await s.signIn({ keyId: "k1" });
    await s.signIn({ keyId: "k11" });
    await s.signIn({ keyId: "_1" });
    await expectEnded(s, "1", []);
    await expectEnded(s, "k", []);
    await expectEnded(s, "k_", []);
    await expectEnded(s, "K1", []);
  }),

  storeCase("revokeByKey leaves what is over as it was", async (s) => {
    const ended = await s.end(await s.signIn());
    const expired = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    for (const { id } of [ended, expired]) {
      await s.expectUntouched(id, async () => assert.deepEqual(await endAll(s, "k1"), []));
    }
  }),
];

function byId(entries: readonly RevokedEntry[]): Map<SessionId, RevokedEntry> {
  return new Map(entries.map((one) => [one.id, one]));
}
