import type { ApiKeyOptions, CreatedApiKey, Sessions, SessionsOptions } from "rollcall";
import { memory, memoryDatabase } from "rollcall/memory";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { decodeApiKey, encodeApiKey, newSecret } from "../../src/core/tokens/api-key.js";
import { newSessionId } from "../../src/core/verbs/new-session-id.js";
import {
  counting,
  eventOf,
  type Opened,
  open,
  refreshToken,
  refusal,
  user,
} from "../support/sessions.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const other = { type: "user", id: "grace" };

const kinds = { key: { refresh: false, prefix: "acme" } } as const satisfies NonNullable<
  SessionsOptions["kinds"]
>;

const openKeys = (options: Partial<SessionsOptions> = {}): Opened => open({ kinds, ...options });

const make = (sessions: Sessions, options: Partial<ApiKeyOptions> = {}): Promise<CreatedApiKey> =>
  sessions.createApiKey(user, { name: "CI", scopes: ["orders:read"], ...options });

/** Two processes on one database, and how often the second has asked for a session. */
function twoProcesses(options: Partial<SessionsOptions> = {}) {
  const clock = manualClock();
  const database = memoryDatabase();
  const first = open({ kinds, ...options, store: memory(database) }, clock);
  const { store, counts } = counting(memory(database));
  const second = open({ kinds, ...options, store }, clock);
  return {
    clock,
    database,
    first: first.sessions,
    second: second.sessions,
    finds: () => counts.get("find") ?? 0,
  };
}

test("a key proves its user, with its scopes and its kind", async () => {
  const { sessions } = openKeys();
  const { token, session } = await make(sessions, { metadata: { team: 7 } });
  expect(token).toMatch(/^acme_[0-9A-Za-z]{71}$/);
  expect(session).toMatchObject({
    name: "CI",
    kind: "key",
    scopes: ["orders:read"],
    metadata: { team: 7 },
  });
  expect(await sessions.verify(token)).toMatchObject({
    user,
    sessionId: session.id,
    kind: "key",
    scopes: ["orders:read"],
    claims: {},
    methods: [],
    level: null,
    actor: null,
  });
});

test("every other principal has no scopes, which is not the same as an empty list", async () => {
  const { sessions } = openKeys();
  const signIn = await sessions.start(user);
  expect((await sessions.verify(signIn.tokens.accessToken.token)).scopes).toBeNull();
  expect((await sessions.refresh(refreshToken(signIn))).principal.scopes).toBeNull();
  const { token } = await make(sessions, { scopes: [] });
  expect((await sessions.verify(token)).scopes).toEqual([]);
});

test("the database holds nothing that a key could be made from", async () => {
  const database = memoryDatabase();
  const { sessions } = openKeys({ store: memory(database) });
  const { token } = await make(sessions);
  const secret = decodeApiKey(token)?.secret ?? expect.unreachable();
  const kept = JSON.stringify([...database.rows.values(), ...database.events]);
  for (const spelling of ["base64url", "base64", "hex"] as const) {
    expect(kept).not.toContain(secret.toString(spelling));
  }
  expect(kept).not.toContain(token.slice("acme_".length));
});

test("the first check reads once, however many there are, and then none does until accessTokenTtl", async () => {
  const { first, second, clock, finds } = twoProcesses();
  const { token } = await make(first);
  expect(finds()).toBe(0);
  await second.verify(token).catch(() => {});
  const before = finds();
  expect(before).toBe(1);
  await Promise.all(Array.from({ length: 50 }, () => second.verify(token)));
  expect(second.verifyNow(token)?.user).toEqual(user);
  expect(finds()).toBe(1);
  clock.advance(10 * MINUTE);
  await Promise.all(Array.from({ length: 50 }, () => second.verify(token)));
  expect(finds()).toBe(2);
});

test("many who present an unknown process a key at once share one read", async () => {
  const { first, second, finds } = twoProcesses();
  const { token } = await make(first);
  const principals = await Promise.all(Array.from({ length: 50 }, () => second.verify(token)));
  expect(principals.every(({ sessionId }) => sessionId === principals[0]?.sessionId)).toBe(true);
  expect(finds()).toBe(1);
});

test("verifyNow says null where a key has to be read", async () => {
  const { first, second, clock } = twoProcesses();
  const { token } = await make(first);
  await second.verify((await second.start(other)).tokens.accessToken.token);
  expect(second.verifyNow(token)).toBeNull();
  await second.verify(token);
  expect(second.verifyNow(token)).not.toBeNull();
  clock.advance(10 * MINUTE);
  await second.verify((await second.start(other)).tokens.accessToken.token);
  expect(second.verifyNow(token)).toBeNull();
});

test("ending a key is instant, here and in every process that believed it", async () => {
  const { first, second, clock } = twoProcesses();
  const { token, session } = await make(first);
  for (const sessions of [first, second]) await sessions.verify(token);
  const { signal } = await second.verify(token);
  await first.revoke(user, session.id, { actor: { kind: "user" } });
  expect(() => first.verifyNow(token)).toThrow(expect.objectContaining({ reason: "revoked" }));
  expect((await refusal(first.verify(token))).reason).toBe("revoked");
  clock.advance(2001);
  const error = await refusal(second.verify(token));
  expect(error).toMatchObject({
    reason: "revoked",
    sessionEnded: { reason: "revoked", by: "user" },
  });
  expect(signal.aborted).toBe(true);
});

test("no process believes a key for longer than its end is remembered", async () => {
  const { first, second, clock } = twoProcesses({ accessTokenTtl: "1d" });
  const { token, session } = await make(first);
  await second.verify(token);
  // Asleep while the key ends and its end is forgotten.
  await first.revoke(user, session.id);
  clock.advance(3 * 60 * MINUTE);
  expect((await refusal(second.verify(token))).reason).toBe("revoked");
  // Awake, but told of nothing: what it has read is read again after an hour at most.
  const another = await make(first);
  await second.verify(another.token);
  clock.advance(60 * MINUTE);
  await second.verify((await second.start(other)).tokens.accessToken.token);
  expect(second.verifyNow(another.token)).toBeNull();
});

test("a process that starts after the end refuses too, and one that is asked again asks nothing", async () => {
  const { first, second, finds } = twoProcesses();
  const { token, session } = await make(first);
  await first.revokeAll(user);
  const error = await refusal(second.verify(token));
  expect(error).toMatchObject({ reason: "revoked", sessionEnded: { reason: "revoke_all" } });
  const asked = finds();
  for (let round = 0; round < 20; round += 1) {
    expect(await refusal(second.verify(token))).toMatchObject({
      sessionEnded: { reason: "revoke_all" },
    });
  }
  expect(finds()).toBe(asked);
  expect((await first.get(user, session.id))?.revokedReason).toBe("revoke_all");
});

test("a key ends at its end, its kind's end, and its idle limit; used, it goes on", async () => {
  const { sessions, clock } = openKeys({
    kinds: {
      key: { refresh: false, prefix: "acme", absoluteTimeout: "90d" },
      idle: { refresh: false, prefix: "tmp", idleTimeout: "2d" },
    },
  });
  const named = await make(sessions, { kind: "key", expiresAt: new Date(clock.now() + DAY) });
  const late = await make(sessions, { kind: "key", expiresAt: new Date(clock.now() + 900 * DAY) });
  const idle = await make(sessions, { kind: "idle" });
  expect(late.session.expiresAt).toEqual(new Date(clock.now() + 90 * DAY));
  clock.advance(DAY - 1);
  await sessions.verify(named.token);
  await sessions.verify(idle.token);
  clock.advance(1);
  const error = await refusal(sessions.verify(named.token));
  expect(error).toMatchObject({ reason: "expired", sessionEnded: { reason: "expired" } });
  for (let day = 0; day < 5; day += 1) {
    clock.advance(DAY);
    await sessions.verify(idle.token);
    clock.advance(MINUTE);
  }
  clock.advance(2 * DAY);
  expect((await refusal(sessions.verify(idle.token))).reason).toBe("expired");
  await sessions.verify(late.token);
  clock.advance(90 * DAY);
  expect((await refusal(sessions.verify(late.token))).reason).toBe("expired");
});

test("without an end it lives on for years, and its last use is kept", async () => {
  const { sessions, clock } = openKeys();
  const { token, session } = await make(sessions);
  clock.advance(3 * 365 * DAY);
  await sessions.verify(token);
  clock.advance(MINUTE);
  await Promise.resolve();
  const [listed] = (await sessions.list(user)).sessions;
  expect(listed).toMatchObject({ id: session.id, name: "CI" });
  expect(listed?.lastUsedAt.getTime()).toBe(clock.now() - MINUTE);
});

test("a key is named, listed, ended by everywhere and by the others, like any session", async () => {
  const { sessions } = openKeys();
  const signIn = await sessions.start(user);
  const { session, token } = await make(sessions);
  await sessions.rename(user, session.id, "Deploys");
  expect((await sessions.list(user)).sessions.map(({ name }) => name)).toContain("Deploys");
  expect(await sessions.revokeOthers(user, signIn.session.id)).toBe(1);
  expect((await refusal(sessions.verify(token))).reason).toBe("revoked");
  const again = await make(sessions);
  await sessions.logout({ accessToken: again.token });
  expect(await refusal(sessions.verify(again.token))).toMatchObject({
    sessionEnded: { reason: "logout" },
  });
});

test("claimsFor is asked with each read, and null ends the key", async () => {
  let role: string | null = "admin";
  const { sessions, clock } = openKeys({ claimsFor: () => (role === null ? null : { role }) });
  const { token } = await make(sessions);
  expect((await sessions.verify(token)).claims).toEqual({ role: "admin" });
  role = "reader";
  clock.advance(10 * MINUTE);
  expect((await sessions.verify(token)).claims).toEqual({ role: "reader" });
  role = null;
  clock.advance(10 * MINUTE);
  expect((await refusal(sessions.verify(token))).reason).toBe("user_gone");
  expect(await refusal(sessions.verify(token))).toMatchObject({
    sessionEnded: { reason: "user_gone" },
  });
  expect((await refusal(make(sessions))).reason).toBe("user_gone");
});

test("refreshClaims makes every process read a key again, and refuses it nowhere", async () => {
  let role = "admin";
  const { first, second, clock } = twoProcesses({ claimsFor: () => ({ role }) });
  const { token } = await make(first);
  for (const sessions of [first, second]) await sessions.verify(token);
  for (const next of ["editor", "reader"]) {
    role = next;
    await first.refreshClaims(user);
    expect(first.verifyNow(token)).toBeNull();
    expect((await first.verify(token)).claims).toEqual({ role });
    expect(first.verifyNow(token)?.claims).toEqual({ role });
    clock.advance(2001);
    expect((await second.verify(token)).claims).toEqual({ role });
    expect(second.verifyNow(token)?.claims).toEqual({ role });
  }
});

test("refreshClaims that overtakes the first check of a key has it read once more", async () => {
  let role = "admin";
  const { sessions } = openKeys({
    async claimsFor() {
      const now = role;
      if (hold !== null) await hold;
      return { role: now };
    },
  });
  let hold: Promise<void> | null = null;
  const { token } = await make(sessions);
  let release = (): void => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const checking = sessions.verify(token);
  await new Promise(setImmediate);
  role = "reader";
  await sessions.refreshClaims(user);
  hold = null;
  release();
  expect((await checking).claims).toEqual({ role: "reader" });
});

test("a key counts with no sign-in, and of too many keys the last is refused", async () => {
  const { sessions } = openKeys({
    maxPerUser: 1,
    kinds: { key: { refresh: false, prefix: "acme", maxPerUser: 2 } },
  });
  const keys = [await make(sessions), await make(sessions)];
  await sessions.start(user);
  await sessions.start(user);
  expect(await refusal(make(sessions))).toMatchObject({ code: "session_limit" });
  for (const { token } of keys) await sessions.verify(token);
  await sessions.createApiKey(other, { name: "x", scopes: [] });
  expect((await sessions.list(user)).sessions).toHaveLength(3);
});

test("a user who makes keys without a pause is throttled", async () => {
  const { sessions } = openKeys();
  for (let round = 0; round < 30; round += 1) await make(sessions);
  expect(await refusal(make(sessions))).toMatchObject({ code: "throttled" });
});

test("it tells of a new key as of a sign-in", async () => {
  const { sessions } = openKeys();
  const told = eventOf(sessions, "session.created");
  const { session } = await make(sessions);
  expect(await told).toMatchObject({ sessionId: session.id, user });
});

test("what a user may get wrong is a malformed request, and writes nothing", async () => {
  const { sessions, clock } = openKeys();
  for (const options of [
    { name: "" },
    { name: " " },
    { name: "x".repeat(65) },
    { scopes: ["a b"] },
    { scopes: [""] },
    { scopes: ['a"b'] },
    { scopes: ["a\\b"] },
    { scopes: ["x".repeat(65)] },
    { scopes: Array.from({ length: 51 }, (_, n) => `s${n}`) },
    { expiresAt: new Date(clock.now()) },
  ]) {
    const error = await refusal(make(sessions, options));
    expect(error.code, JSON.stringify(options)).toBe("malformed_request");
  }
  await expect(make(sessions, { expiresAt: new Date(Number.NaN) })).rejects.toThrow(
    /^expiresAt must/,
  );
  await expect(make(sessions, { kind: "nope" })).rejects.toThrow(/^kind must be one of "key"/);
  await expect(open().sessions.createApiKey(user, { name: "x", scopes: [] })).rejects.toThrow(
    /^API keys need a kind/,
  );
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("scopes are kept once each, in their order", async () => {
  const { sessions } = openKeys();
  const { session } = await make(sessions, { scopes: ["b", "a", "b"] });
  expect(session.scopes).toEqual(["b", "a"]);
});

test("attack: a forged key is refused, and one that cannot be good asks nothing", async () => {
  const { first, second, finds } = twoProcesses();
  const { token, session } = await make(first);
  const typo = `${token.slice(0, -1)}${token.endsWith("a") ? "b" : "a"}`;
  expect((await refusal(second.verify(typo))).reason).toBe("malformed");
  expect(() => second.verifyNow(typo)).toThrow(expect.objectContaining({ reason: "malformed" }));
  expect(finds()).toBe(0);
  // The id is known from a list, the checksum is nobody's secret.
  const guess = encodeApiKey({ prefix: "acme", sessionId: session.id, secret: newSecret() });
  expect(await refusal(second.verify(guess))).toMatchObject({
    reason: "forged",
    sessionEnded: undefined,
  });
  // A key of another application, with another prefix.
  const { sessionId, secret } = decodeApiKey(token) ?? expect.unreachable();
  const foreign = encodeApiKey({ prefix: "other", sessionId, secret });
  expect((await refusal(second.verify(foreign))).reason).toBe("forged");
  await second.verify(token);
});

test("attack: the id of a session that is no key, with any secret, is no key", async () => {
  const { sessions } = openKeys();
  const { session } = await sessions.start(user);
  for (const secret of [newSecret(), Buffer.alloc(32)]) {
    const forged = encodeApiKey({ prefix: "acme", sessionId: session.id, secret });
    expect((await refusal(sessions.verify(forged))).reason).toBe("forged");
  }
});

test("attack: the prefix of a mightier kind does not make a key mightier", async () => {
  const { sessions } = openKeys({
    kinds: { ...kinds, admin: { refresh: false, prefix: "acme_admin" } },
  });
  const { token } = await make(sessions, { kind: "key" });
  const { sessionId, secret } = decodeApiKey(token) ?? expect.unreachable();
  const raised = encodeApiKey({ prefix: "acme_admin", sessionId, secret });
  expect((await refusal(sessions.verify(raised))).reason).toBe("forged");
  expect((await sessions.verify(token)).kind).toBe("key");
});

test("attack: whoever asks with an ended key that is not theirs is not told how it ended", async () => {
  const { sessions } = openKeys();
  const { session } = await make(sessions);
  await sessions.revoke(user, session.id);
  const guess = encodeApiKey({ prefix: "acme", sessionId: session.id, secret: newSecret() });
  expect((await refusal(sessions.verify(guess))).sessionEnded).toBeUndefined();
});

test("attack: a flood of made-up keys fills no memory and takes few connections", async () => {
  const database = memoryDatabase();
  const sound = memory(database);
  let atOnce = 0;
  let most = 0;
  const held: (() => void)[] = [];
  const { sessions } = openKeys({
    store: {
      ...sound,
      async find(id, now) {
        most = Math.max(most, ++atOnce);
        await new Promise<void>((resolve) => held.push(resolve));
        atOnce -= 1;
        return sound.find(id, now);
      },
    },
  });
  const made = make(sessions);
  const { token } = await made;
  const first = sessions.verify(token);
  await expect.poll(() => held.length).toBe(1);
  held.pop()?.();
  await first;
  const flood = Array.from({ length: 1200 }, () =>
    refusal(
      sessions.verify(
        encodeApiKey({ prefix: "acme", sessionId: newSessionId(), secret: newSecret() }),
      ),
    ),
  );
  // Those that are too many are told so at once, and whoever is known already passes.
  await expect.poll(() => held.length).toBe(4);
  expect((await sessions.verify(token)).user).toEqual(user);
  const draining = setInterval(() => held.splice(0).forEach((release) => void release()), 0);
  const codes = new Map<string, number>();
  for (const error of await Promise.all(flood)) {
    codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
  }
  clearInterval(draining);
  expect(most).toBe(4);
  expect(Object.fromEntries(codes)).toEqual({ credential_invalid: 1004, store_unavailable: 196 });
  expect(sessions.health().cacheSize).toBe(1);
});

test("what the database cannot say is a 503, and the key is good again afterwards", async () => {
  const sound = memory();
  let isAway = false;
  const { sessions, clock } = openKeys({
    store: {
      ...sound,
      find: async (id, now) => (isAway ? Promise.reject(new Error("away")) : sound.find(id, now)),
    },
  });
  const { token } = await make(sessions);
  await sessions.verify(token);
  isAway = true;
  expect((await sessions.verify(token)).user).toEqual(user);
  clock.advance(10 * MINUTE);
  expect((await refusal(sessions.verify(token))).code).toBe("store_unavailable");
  isAway = false;
  expect((await sessions.verify(token)).user).toEqual(user);
});

test("attack: a key makes no other key, and neither does a session that has ended", async () => {
  const { sessions } = openKeys();
  const { token } = await make(sessions);
  const key = await sessions.verify(token);
  expect(await refusal(make(sessions, { provenBy: key }))).toMatchObject({
    code: "kind_forbidden",
  });
  const signIn = await sessions.start(user);
  const provenBy = await sessions.verify(signIn.tokens.accessToken.token);
  await make(sessions, { provenBy });
  await sessions.revoke(user, signIn.session.id);
  expect(await refusal(make(sessions, { provenBy }))).toMatchObject({ reason: "proof_outdated" });
  expect((await sessions.list(user)).sessions).toHaveLength(2);
});

test("attack: a key is as old as the sign-in that asked for it", async () => {
  const { sessions, clock } = openKeys();
  const signIn = await sessions.start(user);
  clock.advance(2 * MINUTE);
  const provenBy = await sessions.verify(signIn.tokens.accessToken.token);
  const { token, session } = await make(sessions, { provenBy });
  expect(session.authenticatedAt).toEqual(signIn.session.createdAt);
  expect((await sessions.verify(token)).authenticatedAt).toEqual(signIn.session.createdAt);
});

test("a session that goes on after a change of the password may make keys", async () => {
  const { sessions, clock } = openKeys();
  const kept = await sessions.start(user);
  clock.advance(MINUTE + 500);
  await sessions.onFactorChange(user, { keep: kept.session.id });
  // In the same second: the time in its access token is rounded down, and lies before the change.
  const begun = await sessions.start(user);
  for (const { tokens } of [kept, begun]) {
    const provenBy = await sessions.verify(tokens.accessToken.token);
    const { token } = await make(sessions, { provenBy });
    expect((await sessions.verify(token)).user).toEqual(user);
  }
});

test("attack: keys, refresh tokens and access tokens do not stand in for one another", async () => {
  const { sessions } = openKeys();
  const { token } = await make(sessions);
  const { tokens } = await sessions.start(user);
  expect((await refusal(sessions.refresh(token))).reason).toBe("forged");
  expect((await refusal(sessions.verifyRefreshToken(token))).reason).toBe("forged");
  expect((await refusal(sessions.verify(`acme_${tokens.refreshToken.token}`))).reason).toBe(
    "forged",
  );
  await expect(sessions.start(user, { kind: "key" })).rejects.toThrow(/^kind must be/);
  const { session } = await sessions.start(user, { replaces: { accessToken: token } });
  expect((await sessions.verify(token)).sessionId).not.toBe(session.id);
});

test("a key whose kind is gone from the options is refused", async () => {
  const database = memoryDatabase();
  const { token } = await make(openKeys({ store: memory(database) }).sessions);
  const { sessions } = open({ store: memory(database) });
  expect((await refusal(sessions.verify(token))).reason).toBe("forged");
});

test("a user who is erased loses their keys, and nothing of them is left", async () => {
  const { first, second, clock, database } = twoProcesses();
  const { token } = await make(first);
  await second.verify(token);
  await first.erase(user);
  clock.advance(2001);
  for (const sessions of [first, second]) {
    expect((await refusal(sessions.verify(token))).code).toBe("credential_invalid");
  }
  const left = JSON.stringify([...database.rows.values()]);
  expect(left).not.toContain("orders:read");
  expect(left).not.toContain(`"id":"${user.id}"`);
});
