import assert from "node:assert/strict";
import { reauthenticated } from "../../core/model/reauthentication.js";
import type { Reauthentication } from "../../core/port/operations.js";
import { ada, DAY, MINUTE, SECOND, TERMS } from "./new-session.js";
import { expectReauthenticated, secondFactor } from "./reauthentication-steps.js";
import { LOGOUT, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const { absoluteTimeout, accessTokenTtl, idleTimeout, retryWindow } = TERMS;
const HOUR = 60 * MINUTE;

/** Contract §4.9: what a re-authentication makes of a session. */
export const reauthenticationCases: readonly StoreCase[] = [
  storeCase(
    "a re-authentication moves one generation on, and leaves no way back to it",
    async (s) => {
      const { id } = await s.signIn({ methods: ["pwd"], level: "aal1", metadata: { plan: "pro" } });
      await s.expectRotation("rotated", { id, presented: 1 });
      await s.store.confirm([{ id, generation: 2 }], s.clock.now());
      const before = await s.row(id);
      s.clock.advance(5 * MINUTE);
      const now = s.clock.now();
      const after = await expectReauthenticated(s, before, { keyId: "k2" });
      assert.deepEqual(after, {
        ...before,
        generation: 3,
        predecessor: 0,
        supersededTo: 2,
        outdatedTo: 2,
        outdatedUntil: before.accessUntil,
        rotatedAt: now,
        keyId: "k2",
        lastUsedAt: now,
        authenticatedAt: now,
        methods: ["pwd", "otp"],
        level: "aal2",
        expiresAt: now + idleTimeout,
        accessUntil: now + accessTokenTtl,
      });
    },
  ),

  storeCase("a re-authentication is told once, with what to refuse", async (s) => {
    const session = await s.signIn();
    const { id, user } = session;
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    s.clock.advance(SECOND);
    const after = await expectReauthenticated(s, session);
    const told = { id, generation: 1, until: after.outdatedUntil };
    const page = await s.store.changes(cursor, 0, s.clock.now());
    assert.deepEqual(page.outdated, [told]);
    assert.deepEqual(page.revoked, [], "the session goes on");
    assert.deepEqual(typesOf(page.events), ["session.reauthenticated"]);
    const [event] = page.events;
    assert.ok(event?.type === "session.reauthenticated");
    assert.deepEqual(
      [event.sessionId, event.user, event.at, event.actor, event.methods, event.level],
      [id, user, s.clock.now(), { kind: "self", sessionId: id }, ["pwd", "otp"], "aal2"],
    );
    const whole = await s.store.changes(null, 0, s.clock.now());
    assert.deepEqual(whole.outdated, [told]);
  }),

  storeCase("a session is what the latest authentication says, be it less", async (s) => {
    const first = await s.signIn({ methods: ["hwk"], level: "aal3" });
    s.clock.advance(MINUTE);
    const lower = await expectReauthenticated(s, first, { methods: ["pwd"], level: "aal1" });
    assert.deepEqual([lower.methods, lower.level], [["pwd"], "aal1"]);
    const none = await expectReauthenticated(s, lower, { methods: ["sms"], level: null });
    assert.deepEqual([none.methods, none.level], [["sms"], null]);
    const rotated = await s.expectRotation("rotated", { id: first.id, presented: 3 });
    assert.deepEqual([rotated.methods, rotated.level], [["sms"], null]);
  }),

  storeCase("a re-authentication is dated as given, but never in a time to come", async (s) => {
    let session = await s.signIn();
    s.clock.advance(10 * MINUTE);
    for (const given of [null, -MINUTE, 0, MINUTE]) {
      const now = s.clock.now();
      const authenticatedAt = given === null ? null : now + given;
      session = await expectReauthenticated(s, session, { authenticatedAt });
      assert.equal(session.authenticatedAt, Math.min(authenticatedAt ?? now, now));
    }
  }),

  storeCase("a level's limits count from the authentication, to the millisecond", async (s) => {
    const session = await s.signIn();
    s.clock.advance(DAY);
    const now = s.clock.now();
    const limits = { idleTimeout: HOUR, levelTimeout: 12 * HOUR, authenticatedAt: now - HOUR };
    const { id, ...raised } = await expectReauthenticated(s, session, limits);
    assert.equal(raised.absoluteExpiresAt, now + 11 * HOUR);
    assert.deepEqual([raised.idleTimeout, raised.expiresAt], [HOUR, now + HOUR]);
    s.clock.advance(HOUR - 1);
    const kept = await s.expectRotation("rotated", { id, presented: 2 });
    assert.equal(kept.expiresAt, now + 2 * HOUR - 1, "its idle timeout is that of the level");
    s.clock.advance(HOUR);
    await s.expectRotation("expired", { id, presented: 3 });
  }),

  storeCase(
    "a re-authentication renews the limit of a level, never that of the session",
    async (s) => {
      const first = await s.signIn({ absoluteTimeout: 12 * HOUR, level: "aal2" });
      let session = first;
      const terms = { levelTimeout: 12 * HOUR, absoluteTimeout: 30 * HOUR };
      for (const round of [1, 2, 3]) {
        s.clock.advance(10 * HOUR - 1);
        session = await expectReauthenticated(s, session, terms);
        const byLevel = s.clock.now() + 12 * HOUR;
        const expected = Math.min(byLevel, first.createdAt + 30 * HOUR);
        assert.equal(session.absoluteExpiresAt, expected, `round ${round}`);
        assert.ok(session.expiresAt <= expected && session.accessUntil <= expected);
      }
      s.clock.advance(3);
      await s.expectRotation("expired", { id: first.id, presented: session.generation });
    },
  ),

  storeCase("an access token of a re-authentication stops at the session's own end", async (s) => {
    const session = await s.signIn({ accessTokenTtl: SECOND });
    const short = await expectReauthenticated(s, session, { levelTimeout: 2 * MINUTE });
    assert.equal(short.accessUntil, s.clock.now() + 2 * MINUTE);
    assert.equal(short.absoluteExpiresAt, short.accessUntil);
    const longer = await expectReauthenticated(s, short, { accessTokenTtl: SECOND });
    assert.equal(longer.accessUntil, short.accessUntil, "what is remembered is never forgotten");
  }),

  storeCase("a re-authentication by a token ahead moves on from that", async (s) => {
    const session = await s.signIn();
    const after = await expectReauthenticated(s, session, { presented: 9 });
    assert.deepEqual([after.generation, after.supersededTo, after.outdatedTo], [10, 9, 9]);
    await s.expectRotation("superseded", { id: session.id, presented: 9 });
    await s.expectRotation("rotated", { id: session.id, presented: 10 });
  }),

  storeCase("the new tokens of a re-authentication are unused until they are used", async (s) => {
    const { id, ...session } = await s.signIn();
    await s.store.confirm([{ id, generation: 1 }], s.clock.now());
    const raised = await expectReauthenticated(s, { id, ...session });
    assert.equal(raised.confirmed, 1);
    await s.expectRotation("rotated", { id, presented: 2 });
    s.clock.advance(retryWindow);
    const late = await s.expectRotation("rotated", { id, presented: 2 });
    assert.deepEqual([late.generation, late.skippedFrom, late.skippedTo], [4, 3, 3]);
  }),

  storeCase("revokeByKey ends what was re-authenticated under the key", async (s) => {
    const session = await s.signIn();
    const raised = await expectReauthenticated(s, session, { keyId: "k2" });
    await s.expectRotation("rotated", { id: raised.id, presented: 2, keyId: "k3" });
    const input = { keyId: "k2", revocation: LOGOUT, after: null, wait: true, now: s.clock.now() };
    const { ended } = await s.store.revokeByKey(input);
    assert.deepEqual(
      ended.map(({ id }) => id),
      [session.id],
    );
  }),

  storeCase("a re-authentication tells when the user's claims were last outdated", async (s) => {
    const session = await s.signIn();
    const ask = async (): Promise<number | null> => {
      const { generation } = await s.row(session.id);
      const input: Reauthentication = { ...secondFactor(session), presented: generation };
      const now = s.clock.now();
      const answer = await s.store.reauthenticate(ada, session.id, { ...input, now });
      assert.ok(answer.outcome === "reauthenticated");
      return answer.claimsAt;
    };
    assert.equal(await ask(), null);
    s.clock.advance(MINUTE);
    const at = s.clock.now();
    await s.store.outdate(ada, { actor: { kind: "system" }, now: at });
    s.clock.advance(MINUTE);
    assert.equal(await ask(), at);
    const after = await s.row(session.id);
    assert.ok((after.outdatedUntil ?? 0) > session.accessUntil, "each outdating shows in the row");
  }),

  storeCase("the row of a re-authentication is that of the table", async (s) => {
    const inputs: readonly Partial<Reauthentication>[] = [
      {},
      { level: null, idleTimeout: 20 * MINUTE, keyId: "k4" },
      { presented: 7, levelTimeout: 5 * MINUTE },
      { absoluteTimeout: HOUR, accessTokenTtl: 2 * HOUR },
    ];
    for (const differing of inputs) {
      const first = await s.signIn({ absoluteTimeout });
      await s.expectRotation("rotated", { id: first.id, presented: 1 });
      s.clock.advance(retryWindow);
      const before = await s.expectRotation("rotated", { id: first.id, presented: 1 });
      s.clock.advance(SECOND);
      const authenticatedAt = s.clock.now() - 1;
      const after = await expectReauthenticated(s, before, { authenticatedAt, ...differing });
      const input = secondFactor(before, { authenticatedAt, ...differing });
      assert.deepEqual(after, reauthenticated(before, input, s.clock.now()));
    }
  }),
];
