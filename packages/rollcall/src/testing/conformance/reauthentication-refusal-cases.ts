import assert from "node:assert/strict";
import { ada, DAY, grace, MINUTE, newId, SECOND, TERMS } from "./new-session.js";
import {
  expectReauthenticated,
  expectRefused,
  reauthenticate,
  secondFactor,
} from "./reauthentication-steps.js";
import { LOGOUT, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const { retryWindow } = TERMS;

/** Contract §4.9: who gets nothing by a re-authentication, and when there is none. */
export const reauthenticationRefusalCases: readonly StoreCase[] = [
  storeCase(
    "a refresh token of before a re-authentication gets nothing and ends nothing, at any age",
    async (s) => {
      const { id } = await s.signIn();
      await s.expectRotation("rotated", { id, presented: 1 });
      const before = await s.expectRotation("rotated", { id, presented: 2 });
      await expectReauthenticated(s, before);
      for (const wait of [0, retryWindow - 1, 1, DAY]) {
        s.clock.advance(wait);
        await s.expectUntouched(id, async () => {
          for (const presented of [1, 2, 3]) {
            await s.expectRotation("superseded", { id, presented, keyId: "k9" });
          }
        });
      }
      await s.expectRotation("rotated", { id, presented: 4 });
    },
  ),

  storeCase("what came after a re-authentication is reuse as ever", async (s) => {
    const { id } = await expectReauthenticated(s, await s.signIn());
    for (const presented of [2, 3]) await s.expectRotation("rotated", { id, presented });
    await s.expectRotation("superseded", { id, presented: 1 });
    await s.expectRotation("reused", { id, presented: 2 });
    await s.expectRotation("revoked", { id, presented: 1 });
  }),

  storeCase("a second re-authentication by the same token is superseded", async (s) => {
    const session = await s.signIn();
    await expectReauthenticated(s, session);
    await expectRefused(s, "superseded", session);
    const next = await s.expectRotation("rotated", { id: session.id, presented: 2 });
    await expectRefused(s, "superseded", next, { presented: 1 });
    // The predecessor is still good for as long as its access token is.
    await expectReauthenticated(s, next, { presented: 2 });
  }),

  storeCase("a re-authentication revives nothing that is over", async (s) => {
    const ended = await s.end(await s.signIn());
    await expectRefused(s, "revoked", ended);
    const expired = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    await expectRefused(s, "expired", expired);
    await expectRefused(s, "expired", expired, { presented: 9 });
  }),

  storeCase("a re-authentication of somebody else's session is of an unknown one", async (s) => {
    const session = await s.signIn();
    for (const user of [grace, { ...ada, type: "admin" }]) {
      await expectRefused(s, "unknown", { ...session, user });
    }
    const answer = await reauthenticate(s, { ...session, id: newId() });
    assert.deepEqual(answer, { outcome: "unknown" });
  }),

  storeCase(
    "a re-authentication proven before everywhere is refused, to the millisecond",
    async (s) => {
      const session = await s.signIn();
      s.clock.advance(MINUTE);
      const at = s.clock.now();
      await s.everywhere(ada, { except: session.id, isEverywhere: true });
      s.clock.advance(SECOND);
      await expectRefused(s, "outdated", session, { authenticatedAt: at - 1 });
      await expectReauthenticated(s, session, { authenticatedAt: at });
      await expectReauthenticated(s, await s.row(session.id));
    },
  ),

  storeCase("a re-authentication leaves nothing of a user who was erased", async (s) => {
    const session = await s.signIn();
    await s.store.erase(ada, { margin: MINUTE, now: s.clock.now() });
    assert.deepEqual(await reauthenticate(s, session), { outcome: "unknown" });
    const proven = await s.create({ authenticatedAt: 0 });
    assert.equal(proven.outcome, "created");
  }),

  storeCase("20 re-authentications at once: one succeeds, told once", async (s) => {
    const session = await s.signIn();
    const events = await s.eventsDuring(async () => {
      const answers = await s.atOnce(20, (store) => reauthenticate(s, session, {}, store));
      const outcomes = answers.map(({ outcome }) => outcome).toSorted();
      const losers = Array.from({ length: 19 }, () => "superseded");
      assert.deepEqual(outcomes, ["reauthenticated", ...losers]);
    });
    assert.deepEqual(typesOf(events), ["session.reauthenticated"]);
    assert.equal((await s.row(session.id)).generation, 2);
  }),

  storeCase("a re-authentication against refreshes: no old token gets a raised pair", async (s) => {
    for (let round = 0; round < 10; round += 1) {
      const session = await s.signIn({ level: "aal1" });
      const { id } = session;
      await s.atOnce(12, async (store, index): Promise<void> => {
        if (index === 6) {
          await reauthenticate(s, session, {}, store);
          return;
        }
        const answer = await s.rotate({ id, presented: 1 }, store);
        if (answer.outcome === "superseded") return;
        assert.ok(answer.outcome === "rotated" || answer.outcome === "retried");
        assert.equal(answer.session.level, "aal1", "an old token got what it never proved");
      });
      const row = await s.row(id);
      assert.equal(row.level, "aal2");
      assert.equal(row.supersededTo, row.generation - 1);
      for (const presented of [1, row.generation - 1]) {
        await s.expectRotation("superseded", { id, presented });
      }
    }
  }),

  storeCase("everywhere against 40 re-authentications leaves no survivor", async (s) => {
    const sessions = await Promise.all(Array.from({ length: 8 }, () => s.signIn()));
    await s.atOnce(41, async (store, index): Promise<unknown> => {
      const now = s.clock.now();
      if (index === 20) return store.revokeAll(ada, { revocation: LOGOUT, except: null, now });
      const session = sessions[index % 8];
      assert.ok(session !== undefined);
      return reauthenticate(s, session, {}, store);
    });
    await s.expectEverywhere(sessions);
  }),

  storeCase(
    "a factor change against re-authentications with the old one: each came before it",
    async (s) => {
      const session = await s.signIn();
      const authenticatedAt = s.clock.now();
      s.clock.advance(1);
      const now = s.clock.now();
      const left: number[] = [];
      await s.atOnce(20, async (store, index): Promise<void> => {
        if (index === 10) {
          const input = { revocation: LOGOUT, except: session.id, isEverywhere: true, now };
          await store.revokeAll(ada, input);
          left.push((await s.row(session.id)).generation);
          return;
        }
        const input = { ...secondFactor(session), presented: 1 + index, authenticatedAt, now };
        await store.reauthenticate(ada, session.id, input);
      });
      const row = await s.row(session.id);
      assert.deepEqual(
        [row.revokedAt, row.generation],
        [null, left[0]],
        "the old factor still proved it",
      );
      await expectRefused(s, "outdated", row, { authenticatedAt });
    },
  ),
];
