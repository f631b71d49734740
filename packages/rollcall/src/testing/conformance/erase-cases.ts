import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import { summaryOf } from "../../core/model/session-summary.js";
import type { User } from "../../core/model/user.js";
import type { Erased } from "../../core/port/erasure.js";
import { ada, DAY, grace, MINUTE, SECOND } from "./new-session.js";
import { expectReauthenticated } from "./reauthentication-steps.js";
import { idsOf, type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const MARGIN = MINUTE;
/** A text that no database or driver has of its own. */
const TRACE = "f4c1d2";
const USER: User = { type: "user", id: `ada-${TRACE}` };

function erase(s: Scenario, user: User = USER): Promise<Erased> {
  return s.store.erase(user, { margin: MARGIN, now: s.clock.now() });
}

/** A sign-in that leaves traces wherever one can. */
async function signIn(s: Scenario): Promise<StoredSession> {
  const { id } = await s.signIn({
    user: USER,
    deviceInfo: { userAgent: `device-${TRACE}`, ip: `ip-${TRACE}` },
    metadata: { plan: `metadata-${TRACE}` },
    lastIp: `ip-${TRACE}`,
  });
  const actor = { kind: "user", id: `actor-${TRACE}` } as const;
  await s.store.rename(USER, id, { name: `name-${TRACE}`, actor, now: s.clock.now() });
  return s.row(id);
}

/** Ends it with a reason and an actor that are traces, too. */
function end(s: Scenario, session: StoredSession): Promise<StoredSession> {
  const actor = { kind: "admin", id: `actor-${TRACE}` } as const;
  return s.end(session, { reason: `reason-${TRACE}`, actor });
}

/** Erasing a user: nothing of them is left, and nothing that was signed in stays so. */
export const eraseCases: readonly StoreCase[] = [
  storeCase(
    "erase forgets all sessions of the user, in whatever state, and counts them",
    async (s) => {
      const expired = await s.signIn({ user: USER, idleTimeout: 2 * SECOND });
      const ended = await end(s, await signIn(s));
      s.clock.advance(3 * SECOND);
      const active = await signIn(s);
      assert.equal((await erase(s)).erased, 3);
      assert.deepEqual(await s.list(USER), []);
      for (const { id } of [expired, ended, active]) {
        assert.equal(await s.store.get(USER, id), null, "nobody's session any more");
      }
      assert.deepEqual(await erase(s), { erased: 0, refused: [] });
    },
  ),

  storeCase("erase leaves the sessions of all others as they were", async (s) => {
    const others = [
      await s.signIn({ user: grace }),
      await s.signIn({ user: { type: "staff", id: USER.id } }),
      await s.signIn({ user: { type: USER.type, id: USER.id.toUpperCase() } }),
    ];
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    await signIn(s);
    await erase(s);
    for (const other of others) {
      assert.deepEqual(await s.row(other.id), other);
      assert.deepEqual(await s.list(other.user), [summaryOf(other)]);
    }
    const { revoked } = await s.store.changes(cursor, MARGIN, s.clock.now());
    for (const { id } of others) assert.ok(!idsOf(revoked).includes(id));
  }),

  storeCase("erase leaves nothing of the user: rows and events name nobody", async (s) => {
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    const sessions = [await signIn(s), await end(s, await signIn(s))];
    s.clock.advance(SECOND);
    await erase(s);
    const rows = await Promise.all(sessions.map(({ id }) => s.row(id)));
    const { events } = await s.store.changes(cursor, 0, s.clock.now());
    assert.ok(!JSON.stringify([rows, events]).includes(TRACE), JSON.stringify([rows, events]));
    for (const row of rows) {
      const { user, createdAt, lastUsedAt, revokedReason, revokedBy } = row;
      assert.deepEqual(
        { user, createdAt, lastUsedAt, revokedReason, revokedBy },
        {
          user: { type: "", id: "" },
          createdAt: s.clock.now(),
          lastUsedAt: s.clock.now(),
          revokedReason: "erased",
          revokedBy: { kind: "system" },
        },
      );
    }
  }),

  storeCase(
    "whom erase ended every process refuses: by its cursor, and by a whole read",
    async (s) => {
      const session = await signIn(s);
      const { cursor } = await s.store.changes(null, 0, s.clock.now());
      const { refused } = await erase(s);
      const { id, accessUntil } = session;
      assert.deepEqual(refused, [{ id, accessUntil }]);
      const page = await s.store.changes(cursor, MARGIN, s.clock.now());
      assert.equal(page.whole, false, "the cursor is as good as before");
      assert.deepEqual(page.revoked, [{ id, accessUntil }]);
      assert.deepEqual(typesOf(page.events), ["session.revoked"]);
      assert.deepEqual(page.events[0]?.user, { type: "", id: "" });
      assert.deepEqual(
        page.events[0]?.type === "session.revoked" && page.events[0].reason,
        "erased",
      );
      s.clock.advance(SECOND);
      const whole = await s.store.changes(null, MARGIN, s.clock.now());
      assert.deepEqual(whole.revoked, [{ id, accessUntil }]);
      const { outcome } = await s.rotate({ id, presented: 1 });
      assert.equal(outcome, "revoked", "its refresh token is no good");
    },
  ),

  storeCase("an ending that others have not read survives an erasure", async (s) => {
    const session = await signIn(s);
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    await end(s, session);
    s.clock.advance(SECOND);
    await erase(s);
    const { id, accessUntil } = session;
    const page = await s.store.changes(cursor, MARGIN, s.clock.now());
    assert.deepEqual(page.revoked, [{ id, accessUntil }]);
    assert.deepEqual(typesOf(page.events), ["session.revoked"]);
  }),

  storeCase("every event that others have not read can be read after an erasure", async (s) => {
    const first = await s.signIn({ user: USER, deviceId: `1-${TRACE}`, lastIp: `ip-${TRACE}` });
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    await s.signIn({ user: USER, deviceId: `2-${TRACE}` });
    const { id, generation } = await expectReauthenticated(s, first);
    await s.rotate({ id, presented: generation, ip: `elsewhere-${TRACE}` });
    await s.store.outdate(USER, { actor: { kind: "system" }, now: s.clock.now() });
    const told = typesOf((await s.store.changes(cursor, 0, s.clock.now())).events);
    await erase(s);
    const { events } = await s.store.changes(cursor, 0, s.clock.now());
    const ends = ["session.revoked", "session.revoked"];
    assert.deepEqual(typesOf(events), [...told, ...ends]);
    assert.ok(!JSON.stringify(events).includes(TRACE), JSON.stringify(events));
  }),

  storeCase("erase deletes what no token depends on, to the millisecond", async (s) => {
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    const ended = await end(s, await signIn(s));
    s.clock.advance(ended.accessUntil + MARGIN - 1 - s.clock.now());
    const expired = await s.signIn({ user: ada, idleTimeout: 2 * SECOND });
    assert.deepEqual(idsOf((await erase(s)).refused), [ended.id]);

    s.clock.advance(expired.accessUntil + MARGIN - s.clock.now());
    const idle = await s.signIn({ user: ada, accessTokenTtl: SECOND });
    s.clock.advance(DAY);
    assert.deepEqual(
      idsOf((await erase(s, ada)).refused),
      [idle.id],
      "an idle one may have streams",
    );
    assert.equal(await s.store.find(expired.id, s.clock.now()), null);
    const { events } = await s.store.changes(cursor, 0, s.clock.now());
    assert.ok(!events.some(({ sessionId }) => sessionId === expired.id), "its events are gone too");
  }),

  storeCase("what an erasure leaves may be purged once its access tokens are over", async (s) => {
    const { id, accessUntil } = await signIn(s);
    await erase(s);
    assert.equal(await s.store.purge(accessUntil, 100), 0);
    assert.equal(await s.store.purge(accessUntil + 1, 100), 1);
    assert.equal(await s.store.find(id, s.clock.now()), null);
  }),

  storeCase("an erased user may sign in anew, as anybody may who was never here", async (s) => {
    const authenticatedAt = s.clock.now() - MINUTE;
    await s.everywhere(USER);
    await erase(s);
    const again = await s.expectCreated({
      user: USER,
      authenticatedAt,
      limit: { max: 1, onLimit: "refuse" },
    });
    assert.deepEqual(await s.list(USER), [summaryOf(again.session)]);
  }),

  storeCase("sign-ins that race with an erasure are forgotten whole, or begin anew", async (s) => {
    for (let round = 0; round < 5; round += 1) {
      const answers = await s.atOnce(8, async (store, index) => {
        if (index % 4 === 1) return store.erase(USER, { margin: MARGIN, now: s.clock.now() });
        return s.create({ user: USER }, store);
      });
      const created = answers.flatMap((answer) =>
        "outcome" in answer && answer.outcome === "created" ? [answer.session.id] : [],
      );
      const listed = idsOf(await s.list(USER));
      for (const id of created) {
        const { user, revokedAt } = await s.row(id);
        const lives = listed.includes(id);
        assert.equal(revokedAt === null, lives);
        assert.deepEqual(user, lives ? USER : { type: "", id: "" });
      }
      await erase(s);
    }
  }),
];
