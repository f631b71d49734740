import assert from "node:assert/strict";
import type { DeviceInfo } from "../../core/model/device.js";
import type { JsonObject } from "../../core/model/json.js";
import { summaryOf } from "../../core/model/session-summary.js";
import { ada, MINUTE, newId, newSession, SECOND, TERMS } from "./new-session.js";
import { idsOf, LOGOUT, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const DEVICE: DeviceInfo = {
  zebra: [1, 0.1, -2.5e-7, 1e21, 9_007_199_254_740_991],
  userAgent: "Mozilla/5.0 “quoted” \\ 'x' \u2028 \u0001",
  ip: "2001:db8::1",
  deviceId: "📱 Ünïcødé اختبار",
  app: { version: "1.2", "": null, "a.b": { $ref: true }, empty: {}, list: [] },
  ключ: "значение",
};

const METADATA: JsonObject = { b: 1, a: [null, { d: false, c: "NaN" }], note: "%_?$1:name" };

/** What `create` stores, refuses and ends, apart from the limit. */
export const signInCases: readonly StoreCase[] = [
  storeCase("a sign-in is stored as given, with the first generation", async (s) => {
    const input = newSession({
      deviceInfo: DEVICE,
      metadata: METADATA,
      lastIp: "192.0.2.7",
      keyId: "2026-01",
      persistent: false,
    });
    const { id, user, deviceInfo, metadata, lastIp, persistent, keyId, idleTimeout } = input;
    const now = s.clock.now();
    const session = await s.signIn(input);
    assert.deepEqual(session, {
      ...{ id, user, deviceInfo, metadata, lastIp, persistent, keyId, idleTimeout },
      name: null,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + TERMS.idleTimeout,
      absoluteExpiresAt: now + TERMS.absoluteTimeout,
      generation: 1,
      predecessor: 0,
      skippedFrom: 0,
      skippedTo: 0,
      confirmed: 0,
      rotatedAt: now,
      accessUntil: now + TERMS.accessTokenTtl,
      revokedAt: null,
      revokedReason: null,
      revokedBy: null,
      authenticatedAt: now,
      ...{ kind: null, scopes: null, secretHash: null, methods: null, level: null },
      ...{ deviceId: null, actor: null },
      ...{ outdatedTo: null, outdatedUntil: null, supersededTo: null },
      lastUserAgent: DEVICE.userAgent,
    });
    assert.deepEqual(await s.store.find(id, now), { session, now });
    assert.deepEqual(await s.store.get(user, id), session);
    assert.deepEqual(await s.list(), [summaryOf(session)]);
  }),

  storeCase("deviceInfo and metadata come back verbatim, in the order of their keys", async (s) => {
    const { id } = await s.signIn({ deviceInfo: DEVICE, metadata: METADATA });
    for (const row of [await s.row(id), await s.store.get(ada, id), (await s.list())[0]]) {
      assert.equal(JSON.stringify(row?.deviceInfo), JSON.stringify(DEVICE));
      assert.equal(JSON.stringify(row?.metadata), JSON.stringify(METADATA));
    }
    await s.expectRotation("rotated", { id, presented: 1 });
    assert.equal(JSON.stringify((await s.row(id)).deviceInfo), JSON.stringify(DEVICE));
  }),

  storeCase("what a session says of itself is stored as given, and stays", async (s) => {
    const own = await s.signIn({ user: { type: "staff", id: "7" } });
    const staff = { user: own.user, sessionId: own.id };
    const said = {
      ...{ kind: "mobile", level: "aal2", deviceId: "d-1", actor: staff },
      ...{ scopes: ["read", "write:all"], methods: ["pwd", "otp"] },
    };
    const { id } = await s.signIn({ ...said, secretHash: "abc_-" });
    const [listed] = await s.list();
    assert.deepEqual({ ...listed, ...said }, listed);
    for (const row of [await s.row(id), await s.store.get(ada, id)]) {
      assert.deepEqual({ ...row, ...said, secretHash: "abc_-" }, row);
    }
    await s.expectRotation("rotated", { id, presented: 1 });
    const rotated = await s.row(id);
    assert.deepEqual({ ...rotated, ...said, secretHash: "abc_-" }, rotated);
  }),

  storeCase(
    "a session knows when its user was authenticated, but never a time to come",
    async (s) => {
      const now = s.clock.now();
      const times = [null, now - MINUTE, now, now + MINUTE];
      for (const authenticatedAt of times) {
        const session = await s.signIn({ authenticatedAt });
        assert.equal(session.authenticatedAt, Math.min(authenticatedAt ?? now, now));
        assert.equal((await s.row(session.id)).authenticatedAt, session.authenticatedAt);
      }
    },
  ),

  storeCase("an empty deviceInfo is not an absent one", async (s) => {
    const empty = await s.signIn({ deviceInfo: {}, metadata: {} });
    assert.deepEqual([empty.deviceInfo, empty.metadata], [{}, {}]);
    const absent = await s.signIn({ deviceInfo: null, metadata: null });
    assert.deepEqual([absent.deviceInfo, absent.metadata], [null, null]);
  }),

  storeCase("what a caller does to its objects later changes nothing stored", async (s) => {
    const deviceInfo = { app: { version: "1" } };
    const { id } = await s.signIn({ deviceInfo });
    deviceInfo.app.version = "2";
    assert.deepEqual((await s.row(id)).deviceInfo, { app: { version: "1" } });
  }),

  storeCase(
    "a sign-in is told by one event, of the session itself, with the store's process id",
    async (s) => {
      s.store.configure({ storeTimeout: MINUTE, processId: "process-1" });
      const id = newId();
      const [event, ...more] = await s.eventsDuring(() => s.signIn({ id }));
      assert.ok(event !== undefined, "a sign-in wrote no event");
      const { id: _, ...told } = event;
      assert.deepEqual(told, {
        type: "session.created",
        at: s.clock.now(),
        user: ada,
        sessionId: id,
        actor: { kind: "self", sessionId: id },
        processId: "process-1",
      });
      assert.deepEqual(more, []);
    },
  ),

  storeCase("a sign-in proven before everywhere is refused, to the millisecond", async (s) => {
    await s.signIn();
    s.clock.advance(MINUTE);
    await s.everywhere();
    const everywhereAt = s.clock.now();
    s.clock.advance(SECOND);
    const id = newId();
    const replaces = (await s.signIn()).id;
    const events = await s.eventsDuring(async () => {
      for (const authenticatedAt of [everywhereAt - 1, everywhereAt - MINUTE, 0]) {
        const limit = { max: 1, onLimit: "evict-oldest" } as const;
        const outcome = await s.create({ id, authenticatedAt, replaces, limit });
        assert.deepEqual(outcome, { outcome: "outdated" });
      }
    });
    assert.deepEqual(events, [], "a refused sign-in ends nothing and tells nothing");
    assert.equal(await s.store.find(id, s.clock.now()), null);
    for (const authenticatedAt of [everywhereAt, everywhereAt + 1, null])
      await s.signIn({ authenticatedAt });
  }),

  storeCase("everywhere refuses old proofs also of a user without any session", async (s) => {
    const authenticatedAt = s.clock.now();
    s.clock.advance(1);
    assert.deepEqual(await s.everywhere(), []);
    assert.deepEqual(await s.create({ authenticatedAt }), { outcome: "outdated" });
  }),

  storeCase("signing out the others refuses no proof", async (s) => {
    const authenticatedAt = s.clock.now();
    const kept = await s.signIn();
    await s.signIn();
    s.clock.advance(SECOND);
    await s.everywhere(ada, { except: kept.id });
    await s.signIn({ authenticatedAt });
  }),

  storeCase("each everywhere refuses what was proven before it", async (s) => {
    await s.everywhere();
    s.clock.advance(MINUTE);
    const authenticatedAt = s.clock.now();
    await s.signIn({ authenticatedAt });
    s.clock.advance(1);
    await s.everywhere();
    assert.deepEqual(await s.create({ authenticatedAt }), { outcome: "outdated" });
  }),

  storeCase("the time of everywhere never goes back", async (s) => {
    const later = s.clock.now() + MINUTE;
    await s.everywhere(ada, { now: later });
    await s.everywhere(ada, { now: later - MINUTE });
    assert.deepEqual(await s.create({ authenticatedAt: later - 1 }), { outcome: "outdated" });
  }),

  storeCase("replaces ends one's own active session, with the sign-in", async (s) => {
    const old = await s.signIn();
    const kept = await s.signIn();
    s.clock.advance(SECOND);
    const id = newId();
    const events = await s.eventsDuring(async () => {
      const created = await s.expectCreated({ id, replaces: old.id });
      assert.deepEqual(created.ended, [{ id: old.id, accessUntil: old.accessUntil }]);
    });
    assert.deepEqual(await s.row(old.id), {
      ...old,
      revokedAt: s.clock.now(),
      revokedReason: "replaced",
      revokedBy: { kind: "self", sessionId: id },
    });
    assert.deepEqual(new Set(typesOf(events)), new Set(["session.created", "session.revoked"]));
    assert.deepEqual(new Set(idsOf(await s.list())), new Set([id, kept.id]));
  }),

  storeCase("replaces ignores what is unknown, foreign or over", async (s) => {
    const ended = await s.end(await s.signIn());
    const expired = await s.signIn({ idleTimeout: MINUTE });
    const foreign = await s.signIn({ user: { type: "user", id: "grace" } });
    const otherType = await s.signIn({ user: { type: "staff", id: "ada" } });
    s.clock.advance(MINUTE);
    for (const row of [ended, expired, foreign, otherType]) {
      const created = await s.expectCreated({ replaces: row.id });
      assert.deepEqual(created.ended, []);
      assert.deepEqual(await s.row(row.id), row);
    }
    await s.expectCreated({ replaces: newId() });
  }),

  storeCase("find and get tell of a session in whatever state", async (s) => {
    const ended = await s.end(await s.signIn(), LOGOUT);
    const expired = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    for (const session of [ended, expired]) {
      const now = s.clock.now();
      assert.deepEqual(await s.store.find(session.id, now), { session, now });
      assert.deepEqual(await s.store.get(ada, session.id), session);
    }
    assert.equal(await s.store.find(newId(), s.clock.now()), null);
    assert.equal(await s.store.get(ada, newId()), null);
  }),
];
