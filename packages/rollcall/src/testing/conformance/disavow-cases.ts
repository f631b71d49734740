import assert from "node:assert/strict";
import type { Revocation, SessionId, StoredSession } from "../../core/model/session.js";
import type { RevokedEntry } from "../../core/port/operations.js";
import { firstSeen } from "./device-cases.js";
import { ada, grace, MINUTE, newId, SECOND } from "./new-session.js";
import { idsOf, LOGOUT, type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const DISAVOWED: Revocation = { reason: "disavowed", actor: { kind: "user" } };

function disavow(s: Scenario, id: SessionId, user = ada): Promise<readonly RevokedEntry[]> {
  return s.store.disavow(user, id, { revocation: DISAVOWED, now: s.clock.now() });
}

/** A second device of Ada's, some time after the first. */
async function newDevice(s: Scenario): Promise<StoredSession> {
  await s.signIn({ deviceId: "own" });
  s.clock.advance(SECOND);
  return s.signIn({ deviceId: "theirs" });
}

function sorted(ids: readonly SessionId[]): readonly SessionId[] {
  return ids.toSorted();
}

/** "This wasn't me". */
export const disavowCases: readonly StoreCase[] = [
  storeCase("disavow ends a session and the younger ones of its device, and says so", async (s) => {
    const session = await newDevice(s);
    const sameMoment = await s.signIn({ deviceId: "theirs" });
    s.clock.advance(SECOND);
    const younger = await s.signIn({ deviceId: "theirs" });
    const kept = [
      await s.signIn({ deviceId: "own" }),
      await s.signIn({ deviceId: null }),
      await s.signIn({ user: grace, deviceId: "theirs" }),
      await s.signIn({ user: { type: "staff", id: "ada" }, deviceId: "theirs" }),
    ];
    s.clock.advance(SECOND);
    const events = await s.eventsDuring(async () => {
      const ended = await disavow(s, session.id);
      assert.deepEqual(
        ended.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        [session, sameMoment, younger]
          .map(({ id, accessUntil }) => ({ id, accessUntil }))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      );
    });
    assert.deepEqual(typesOf(events), Array(3).fill("session.revoked"));
    for (const event of events) {
      assert.deepEqual(event.actor, { kind: "user" });
      assert.equal(event.type === "session.revoked" && event.reason, "disavowed");
    }
    for (const row of [session, sameMoment, younger]) {
      const end = {
        revokedAt: s.clock.now(),
        revokedReason: "disavowed",
        revokedBy: DISAVOWED.actor,
      };
      assert.deepEqual(await s.row(row.id), { ...row, ...end });
    }
    for (const row of kept) assert.deepEqual(await s.row(row.id), row);
  }),

  storeCase("disavow leaves the older sessions of the device alone", async (s) => {
    const older = await newDevice(s);
    s.clock.advance(1);
    const session = await s.signIn({ deviceId: "theirs" });
    assert.deepEqual(idsOf(await disavow(s, session.id)), [session.id]);
    assert.deepEqual(await s.row(older.id), older);
  }),

  storeCase("disavow reaches younger sessions also when its own has ended", async (s) => {
    const session = await s.end(await newDevice(s), LOGOUT);
    s.clock.advance(SECOND);
    const younger = await s.signIn({ deviceId: "theirs" });
    assert.deepEqual(idsOf(await disavow(s, session.id)), [younger.id]);
    assert.deepEqual(await s.row(session.id), session, "the first ending wins");
  }),

  storeCase(
    "a device that was disavowed is forgotten: told of again, without its name",
    async (s) => {
      const session = await newDevice(s);
      const change = { name: "Mine", actor: DISAVOWED.actor, now: s.clock.now() };
      await s.store.rename(ada, session.id, change);
      await disavow(s, session.id);
      s.clock.advance(SECOND);
      const events = await s.eventsDuring(async () => {
        assert.equal((await s.signIn({ deviceId: "theirs" })).name, null);
      });
      assert.equal(firstSeen(events).length, 1);
    },
  ),

  storeCase("also a user's first device is told of once it was disavowed", async (s) => {
    const session = await s.signIn({ deviceId: "own" });
    await disavow(s, session.id);
    const events = await s.eventsDuring(() => s.signIn({ deviceId: "own" }));
    assert.equal(firstSeen(events).length, 1);
    assert.equal(firstSeen(await s.eventsDuring(() => s.signIn({ deviceId: "own" }))).length, 0);
    assert.equal(firstSeen(await s.eventsDuring(() => s.signIn({ deviceId: "new" }))).length, 1);
  }),

  storeCase("a second time it ends nothing, also not who signed in there since", async (s) => {
    const session = await newDevice(s);
    await disavow(s, session.id);
    s.clock.advance(1);
    const since = await s.signIn({ deviceId: "theirs" });
    s.clock.advance(SECOND);
    await s.expectUntouched(since.id, () => disavow(s, session.id));
    assert.deepEqual(await disavow(s, session.id), []);
    assert.equal(
      firstSeen(await s.eventsDuring(() => s.signIn({ deviceId: "theirs" }))).length,
      0,
      "nor is the device forgotten again",
    );
  }),

  storeCase("disavow ends a session without a device alone", async (s) => {
    const session = await s.signIn();
    const other = await s.signIn();
    assert.deepEqual(idsOf(await disavow(s, session.id)), [session.id]);
    assert.deepEqual(await s.row(other.id), other);
  }),

  storeCase("disavow reaches nobody else's session, and none that is unknown", async (s) => {
    const session = await newDevice(s);
    for (const user of [grace, { type: "staff", id: "ada" }]) {
      await s.signIn({ user, deviceId: "own" });
      await s.signIn({ user, deviceId: "theirs" });
      await s.expectUntouched(session.id, () => disavow(s, session.id, user));
      const events = await s.eventsDuring(() => s.signIn({ user, deviceId: "theirs" }));
      assert.deepEqual(firstSeen(events), [], "their device stays known");
    }
    assert.deepEqual(await disavow(s, newId()), []);
    assert.deepEqual(firstSeen(await s.eventsDuring(() => s.signIn({ deviceId: "theirs" }))), []);
  }),

  storeCase("an erased user has nothing to disavow", async (s) => {
    const session = await newDevice(s);
    await s.store.erase(ada, { margin: MINUTE, now: s.clock.now() });
    assert.deepEqual(await disavow(s, session.id), []);
    assert.equal((await s.row(session.id)).revokedReason, "erased");
  }),

  storeCase("no sign-in on the device slips by: it is ended, or told of as new", async (s) => {
    for (let round = 0; round < 5; round += 1) {
      const deviceId = `theirs ${round}`;
      await s.signIn({ deviceId: "own" });
      const session = await s.signIn({ deviceId });
      const created: SessionId[] = [];
      const events = await s.eventsDuring(() =>
        s.atOnce(8, async (store, index) => {
          if (index === 3) {
            return store.disavow(ada, session.id, { revocation: DISAVOWED, now: s.clock.now() });
          }
          const answer = await s.create({ deviceId }, store);
          if (answer.outcome === "created") created.push(answer.session.id);
          return answer;
        }),
      );
      const listed = new Set(idsOf(await s.list()));
      const left = created.filter((id) => listed.has(id));
      assert.equal(firstSeen(events).length, left.length > 0 ? 1 : 0);
      // Who is told of is the first of those that came after.
      for (const { sessionId } of firstSeen(events)) assert.ok(left.includes(sessionId));
      const revoked = events.filter(({ type }) => type === "session.revoked");
      const ended = [session.id, ...created.filter((id) => !listed.has(id))];
      assert.deepEqual(sorted(revoked.map(({ sessionId }) => sessionId)), sorted(ended));
      s.clock.advance(SECOND);
    }
  }),
];
