import type { SessionEvent } from "rollcall";
import { memory, memoryDatabase } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, eventOf, open, refreshToken, refusal, user } from "../support/sessions.js";

const DAY = 86_400_000;

test("a sign-in gives a session and a pair of tokens", async () => {
  const { sessions, clock } = open();
  const device = { userAgent: "curl/8.5.0", ip: "192.0.2.1", deviceId: "d1", own: { key: [1] } };
  const { session, tokens } = await sessions.start(user, { device, metadata: { plan: "pro" } });
  expect(session).toMatchObject({
    user,
    deviceInfo: device,
    device: { browser: "curl", os: null, type: "cli" },
    metadata: { plan: "pro" },
    name: null,
    lastIp: "192.0.2.1",
    persistent: true,
    createdAt: new Date(clock.now()),
    expiresAt: new Date(clock.now() + 7 * DAY),
    revokedAt: null,
  });
  expect(tokens.accessToken).toMatchObject({
    expiresAt: new Date(clock.now() + 600_000),
    expiresIn: 600,
  });
  expect(tokens.refreshToken.expiresIn).toBe((7 * DAY) / 1000);
});

test("no view of a session holds a token, a key or a generation", async () => {
  const { sessions } = open();
  const { session, tokens } = await sessions.start(user);
  const text = JSON.stringify([
    session,
    await sessions.list(user),
    await sessions.get(user, session.id),
  ]);
  for (const secretPart of tokens.refreshToken.token.split(".").slice(3)) {
    expect(text).not.toContain(secretPart);
  }
  expect(text).not.toMatch(/generation|keyId|predecessor|accessUntil/);
});

test("not persistent: a day of idling at most", async () => {
  const { sessions, clock } = open();
  const { session } = await sessions.start(user, { persistent: false });
  expect(session.persistent).toBe(false);
  expect(session.expiresAt.getTime()).toBe(clock.now() + DAY);
});

test("arguments are checked by name, and nothing is stored", async () => {
  const { sessions } = open();
  const start = (options: object): Promise<unknown> => sessions.start(user, options);
  await expect(start({ device: { a: "x".repeat(5000) } })).rejects.toThrow(/^device must take/);
  await expect(start({ metadata: { a: "\0" } })).rejects.toThrow(/^metadata must not/);
  await expect(start({ authenticatedAt: new Date(Number.NaN) })).rejects.toThrow(
    /^authenticatedAt/,
  );
  await expect(start({ replaces: "x" })).rejects.toThrow(/^replaces/);
  await expect(sessions.revokeOthers(user, "not-an-id")).rejects.toThrow(/^currentId/);
  await expect(sessions.revoke(user, "x", { reason: "" })).rejects.toThrow(/^reason/);
  const actors: [object, RegExp][] = [
    [{ kind: "root" }, /^actor\.kind/],
    [{ kind: "admin", id: "a\0b" }, /^actor\.id/],
    [{ kind: "admin", id: "x".repeat(256) }, /^actor\.id/],
    [{ kind: "user", sessionId: "x" }, /^actor\.sessionId/],
  ];
  for (const [actor, message] of actors) {
    const options = JSON.parse(JSON.stringify({ actor }));
    await expect(sessions.revoke(user, "x", options)).rejects.toThrow(message);
    await expect(sessions.rename(user, "x", "name", options)).rejects.toThrow(message);
  }
  await expect(sessions.purge({ olderThan: 0 })).rejects.toThrow(/^olderThan/);
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("lists page without gaps or repeats, and only the last page has no cursor", async () => {
  const { sessions, clock } = open();
  const made: string[] = [];
  for (let i = 0; i < 7; i++) {
    made.unshift((await sessions.start(user)).session.id);
    clock.advance(1);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await sessions.list(user, {
      limit: 3,
      ...(cursor === undefined ? {} : { cursor }),
    });
    seen.push(...page.sessions.map((session) => session.id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(made);
  expect(await sessions.list(user, { limit: 7 })).not.toHaveProperty("nextCursor");
  for (const limit of [0, 101, 1.5, Number.NaN]) {
    expect((await refusal(sessions.list(user, { limit }))).code).toBe("malformed_request");
  }
  expect((await refusal(sessions.list(user, { cursor: "x" }))).code).toBe("malformed_request");
});

test("names are trimmed, counted by character, and cleared with null", async () => {
  const { sessions } = open();
  const { session } = await sessions.start(user);
  const named = async (name: string | null): Promise<string | null | undefined> =>
    (await sessions.rename(user, session.id, name))?.name;
  expect(await named("  Kitchen iPad ")).toBe("Kitchen iPad");
  expect(await named("😀".repeat(64))).toBe("😀".repeat(64));
  expect(await named(null)).toBeNull();
  for (const bad of ["", "   ", "x".repeat(65), "a\0b", "a\nb", "\ud800"]) {
    expect((await refusal(sessions.rename(user, session.id, bad))).code).toBe("malformed_request");
  }
  expect(await sessions.rename(user, "garbage", "x")).toBeNull();
  expect(await sessions.rename({ type: "user", id: "eve" }, session.id, "x")).toBeNull();
});

test("renames: the same name is told of once, and nobody renames faster than anybody reads", async () => {
  const { sessions, clock } = open();
  const told: string[] = [];
  const { session } = await sessions.start(user);
  sessions.on("session.renamed", (event) => told.push(event.sessionId));
  for (let turn = 0; turn < 3; turn += 1) {
    expect((await sessions.rename(user, session.id, " Desk "))?.name).toBe("Desk");
  }
  for (let turn = 3; turn < 30; turn += 1) await sessions.rename(user, session.id, `${turn}`);
  const error = await refusal(sessions.rename(user, session.id, "once more"));
  expect(error).toMatchObject({ code: "throttled", status: 429, retryAfter: 60 });
  // Not the fault of others, and not for ever.
  const other = { type: "user", id: "grace" };
  const { session: theirs } = await sessions.start(other);
  expect(await sessions.rename(other, theirs.id, "Desk")).not.toBeNull();
  expect((await sessions.get(user, session.id))?.name).toBe("29");
  await expect.poll(() => told.filter((id) => id === session.id)).toHaveLength(28);
  clock.advance(60_000);
  expect((await sessions.rename(user, session.id, "once more"))?.name).toBe("once more");
});

test("revoke: the first ending wins, foreign and garbage ids are null", async () => {
  const { sessions, clock } = open();
  const { session } = await sessions.start(user);
  const first = await sessions.revoke(user, session.id, { reason: "logout" });
  clock.advance(1000);
  const again = await sessions.revoke(user, session.id, { reason: "revoked" });
  expect(again).toEqual(first);
  expect(again?.revokedAt).toEqual(first?.revokedAt);
  for (const id of ["", "garbage", "x".repeat(10_000), "00000000-0000-4000-8000-000000000000"]) {
    expect(await sessions.revoke(user, id)).toBeNull();
  }
  expect(await sessions.revoke({ type: "admin", id: "ada" }, session.id)).toBeNull();
});

test("maxPerUser: a number or a function, by the policy asked for", async () => {
  const { sessions, clock } = open({ maxPerUser: async ({ id }) => (id === "ada" ? 2 : 3) });
  const first = await sessions.start(user);
  for (let i = 0; i < 2; i++) {
    clock.advance(1);
    await sessions.start(user);
  }
  expect((await sessions.list(user)).sessions).toHaveLength(2);
  expect((await sessions.get(user, first.session.id))?.revokedReason).toBe("evicted");
  expect((await refusal(sessions.verify(first.tokens.accessToken.token))).reason).toBe("revoked");

  const { sessions: strict } = open({ maxPerUser: 1, onLimit: "refuse" });
  await strict.start(user);
  expect(await refusal(strict.start(user))).toMatchObject({
    code: "session_limit",
    status: 409,
    errorCode: "EC009",
    headers: { "cache-control": "no-store" },
  });
});

test("a sign-in proven before the latest everywhere is refused", async () => {
  const { sessions, clock } = open();
  const authenticatedAt = new Date(clock.now());
  clock.advance(1);
  await sessions.revokeAll(user);
  expect(await refusal(sessions.start(user, { authenticatedAt }))).toMatchObject({
    code: "credential_invalid",
    reason: "proof_outdated",
  });
  clock.advance(1);
  await sessions.start(user, { authenticatedAt: new Date(clock.now()) });
});

test("replaces ends the session that the request itself proved", async () => {
  const { sessions } = open();
  const old = await sessions.start(user);
  await sessions.start(user, { replaces: old.session.id });
  expect((await sessions.get(user, old.session.id))?.revokedReason).toBe("replaced");
  expect((await refusal(sessions.verify(old.tokens.accessToken.token))).reason).toBe("revoked");
});

test("events: of all processes or only of this one, and a throwing listener breaks nothing", async () => {
  const database = memoryDatabase();
  const one = open({ store: memory(database) });
  const two = open({ store: memory(database) }, one.clock);
  const own: SessionEvent[] = [];
  const all: SessionEvent[] = [];
  process.once("warning", () => {});
  two.sessions.on("*", () => {
    throw new Error("broken listener");
  });
  two.sessions.on("*", (event) => own.push(event), { scope: "own" });
  const stop = two.sessions.on("*", (event) => all.push(event));
  const heard = eventOf(two.sessions, "session.revoked");
  const signIn = await one.sessions.start(user);
  const mine = await two.sessions.start(user);
  await two.sessions.refresh(refreshToken(mine));
  await one.sessions.revoke(user, signIn.session.id, { reason: "logout", actor: { kind: "self" } });
  expect(await heard).toMatchObject({
    type: "session.revoked",
    reason: "logout",
    actor: { kind: "self" },
    user,
    sessionId: signIn.session.id,
  });
  expect(all.map((event) => event.type).sort()).toEqual([
    "session.created",
    "session.created",
    "session.refreshed",
    "session.revoked",
  ]);
  expect(own.map((event) => event.type).sort()).toEqual(["session.created", "session.refreshed"]);
  stop();
});

test("an expired session is told of when it is noticed, in this process", async () => {
  const { sessions, clock } = open();
  const signIn = await sessions.start(user);
  clock.advance(7 * DAY);
  const noticed = eventOf(sessions, "session.expired");
  expect((await refusal(sessions.refresh(refreshToken(signIn)))).reason).toBe("expired");
  expect((await noticed).sessionId).toBe(signIn.session.id);
});

test("a database that fails or hangs is a 503 with Retry-After, whatever was asked", async () => {
  const inner = memory();
  const failing = new Proxy(inner, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function" || name === "configure" || name === "close") return value;
      return async () => {
        throw new Error("connection refused to db.internal:5432");
      };
    },
  });
  const working = open({ store: inner });
  const signIn = await working.sessions.start(user);
  const { sessions } = open({ store: failing }, working.clock);
  const id = signIn.session.id;
  const questions = [
    sessions.start(user),
    sessions.refresh(refreshToken(signIn)),
    sessions.verify(signIn.tokens.accessToken.token),
    sessions.verifyRefreshToken(refreshToken(signIn)),
    sessions.list(user),
    sessions.get(user, id),
    sessions.rename(user, id, "x"),
    sessions.revoke(user, id),
    sessions.revokeOthers(user, id),
    sessions.revokeAll(user),
    sessions.logout({ refreshToken: refreshToken(signIn) }),
  ];
  for (const question of questions) {
    const error = await refusal(question);
    expect(error).toMatchObject({ code: "store_unavailable", status: 503, retryAfter: 1 });
    expect(error.message).not.toContain("db.internal");
  }
});

test("no question waits longer than storeTimeout", async () => {
  const inner = memory();
  const hanging = { ...inner, list: () => new Promise<never>(() => {}) };
  const { sessions, clock } = open({ store: hanging, storeTimeout: "2s" });
  const asked = refusal(sessions.list(user));
  clock.advance(1999);
  clock.advance(1);
  const { code, operation, cause } = await asked;
  expect({ code, operation }).toEqual({ code: "store_unavailable", operation: "list" });
  expect(cause).toEqual(new Error("list: no answer within 2000 ms (storeTimeout)"));
});

test("an error names what was asked, of the store or of the application", async () => {
  const sound = memory();
  const { sessions, clock } = open({ store: sound });
  const { session, tokens } = await sessions.start(user);
  const fail = (): Promise<never> => Promise.reject(new Error("connection lost"));
  const failing = { ...sound, create: fail, rotate: fail, get: fail, revoke: fail, purge: fail };
  const other = open({ store: failing }, clock).sessions;
  const operationOf = async (question: Promise<unknown>) => (await refusal(question)).operation;
  expect(await operationOf(other.start(user))).toBe("create");
  expect(await operationOf(other.refresh(tokens.refreshToken.token))).toBe("rotate");
  expect(await operationOf(other.get(user, session.id))).toBe("get");
  expect(await operationOf(other.revoke(user, session.id))).toBe("revoke");
  expect(await operationOf(other.purge())).toBe("purge");
  const asking = open({ store: sound, claimsFor: fail }, clock).sessions;
  expect(await operationOf(asking.start(user))).toBe("claimsFor");
  const limiting = open({ store: sound, maxPerUser: fail }, clock).sessions;
  expect(await operationOf(limiting.start(user))).toBe("maxPerUser");
  expect((await refusal(sessions.verify("x"))).operation).toBeUndefined();
});

test("purge forgets what is long over, in chunks, and nothing else", async () => {
  const { store, counts } = counting(memory());
  const { sessions, clock } = open({ store });
  for (let i = 0; i < 5; i++) await sessions.start(user);
  clock.advance(60 * DAY - 1);
  expect(await sessions.purge()).toBe(0);
  const { session } = await sessions.start(user);
  clock.advance(2);
  expect(await sessions.purge()).toBe(5);
  expect((await sessions.get(user, session.id))?.id).toBe(session.id);
  expect(counts.get("purge")).toBe(2);
});

test("purge deletes old events of sessions that go on, where that is asked for", async () => {
  const { store, counts } = counting(memory());
  const { sessions, clock } = open({ store });
  const { cursor } = await store.changes(null, 0, clock.now());
  const { session } = await sessions.start(user);
  clock.advance(DAY);
  await sessions.rename(user, session.id, "Phone");
  await sessions.purge();
  expect(counts.has("purgeEvents")).toBe(false);
  clock.advance(1);
  expect(await sessions.purge({ eventsOlderThan: "1d" })).toBe(0);
  const { events } = await store.changes(cursor, 0, clock.now());
  expect(events.map(({ type }) => type)).toEqual(["session.renamed"]);
  await expect(sessions.purge({ eventsOlderThan: "23h" })).rejects.toThrow(
    /^eventsOlderThan must be at least "1d"/,
  );
  await expect(sessions.purge({ eventsOlderThan: 0 })).rejects.toThrow(/^eventsOlderThan must be/);
});

test("a store that cannot join a transaction says so", () => {
  const { sessions } = open();
  expect(() => sessions.in({})).toThrow(TypeError);
  expect(() => sessions.inSync()).toThrow(TypeError);
});

test("health: how well this process is informed", async () => {
  const { sessions, clock } = open();
  const { session, tokens } = await sessions.start(user);
  await sessions.verify(tokens.accessToken.token);
  await sessions.revoke(user, session.id);
  expect(sessions.health()).toEqual({
    feed: "hinted",
    freshAsOf: new Date(clock.now()),
    indexSize: 1,
    cacheSize: 1,
    resting: false,
    clockSkew: 0,
    unreadable: 0,
    lastError: null,
  });
});
