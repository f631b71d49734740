import type { SessionStore } from "rollcall";
import { createKeyRing } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, open, refusal, secret, user } from "../support/sessions.js";

test("a check puts no question to the database", async () => {
  const { store, counts } = counting(memory());
  const { sessions } = open({ store });
  const { tokens } = await sessions.start(user);
  await sessions.verify(tokens.accessToken.token);
  // The reads of the start and of the sign-in's hint have been begun by then.
  await new Promise((resolve) => setImmediate(resolve));
  const before = new Map(counts);
  for (let i = 0; i < 1000; i++) await sessions.verify(tokens.accessToken.token);
  expect(counts).toEqual(before);
});

test("the principal says what the token says", async () => {
  const { sessions } = open({ claimsFor: () => ({ role: "admin" }) });
  const { session, tokens } = await sessions.start(user);
  const principal = await sessions.verify(tokens.accessToken.token);
  expect(principal).toMatchObject({
    user,
    sessionId: session.id,
    generation: 1,
    claims: { role: "admin" },
    expiresAt: tokens.accessToken.expiresAt,
  });
});

test("contract §3.2: exp is mandatory and kept to the millisecond, in the cache too", async () => {
  const { sessions, clock } = open({ accessTokenTtl: "10m" });
  const { tokens } = await sessions.start(user);
  clock.advance(599_999);
  await sessions.verify(tokens.accessToken.token);
  clock.advance(1);
  expect(await refusal(sessions.verify(tokens.accessToken.token))).toMatchObject({
    code: "credential_invalid",
    reason: "expired",
  });
});

test("contract §3.2: no access token outlives its session", async () => {
  const { sessions, clock } = open({ idleTimeout: "40m", absoluteTimeout: "45m" });
  const { tokens } = await sessions.start(user);
  clock.advance(30 * 60_000);
  const later = await sessions.refresh(tokens.refreshToken.token);
  clock.advance(9 * 60_000);
  const last = await sessions.refresh(later.tokens.refreshToken.token);
  expect(last.tokens.accessToken.expiresAt).toEqual(last.session.expiresAt);
  expect(last.tokens.refreshToken.expiresAt).toEqual(last.session.expiresAt);
  clock.advance(6 * 60_000);
  expect((await refusal(sessions.verify(last.tokens.accessToken.token))).reason).toBe("expired");
  expect((await refusal(sessions.refresh(last.tokens.refreshToken.token))).reason).toBe("expired");
});

test("contract §5.1: once a revocation is acknowledged, the same process refuses at once", async () => {
  // Without hints, so that nothing but the acknowledgement itself can tell.
  const { sessions, clock } = open({ store: unhinted(memory()), maxPerUser: 2 });
  const { session, tokens } = await sessions.start(user);
  const current = await sessions.start(user);
  await sessions.verify(tokens.accessToken.token);
  await sessions.revoke(user, session.id);
  expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
  await sessions.revokeOthers(user, current.session.id);
  await sessions.verify(current.tokens.accessToken.token);
  await sessions.revokeAll(user);
  expect((await refusal(sessions.verify(current.tokens.accessToken.token))).reason).toBe("revoked");
  // Evicted, replaced: ended by a sign-in.
  const evicted = await sessions.start(user);
  clock.advance(1);
  const replaced = await sessions.start(user);
  await sessions.start(user, { replaces: replaced.session.id });
  await sessions.start(user);
  for (const { tokens } of [evicted, replaced]) {
    expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
  }
});

test("a session ended since a skipped generation was used is refused at once", async () => {
  const { sessions, clock, store } = open({ store: unhinted(memory()) });
  const { tokens } = await sessions.start(user);
  const thief = await sessions.refresh(tokens.refreshToken.token);
  clock.advance(60_000);
  const owner = await sessions.refresh(tokens.refreshToken.token);
  await sessions.verify(thief.tokens.accessToken.token);
  clock.advance(0);
  await expect
    .poll(async () => (await store.find(owner.session.id))?.session.revokedAt)
    .toBe(clock.now());
  await new Promise((resolve) => setImmediate(resolve));
  expect((await refusal(sessions.verify(owner.tokens.accessToken.token))).reason).toBe("revoked");
});

test("contract §5.2: another process on the same database refuses as soon as it is hinted", async () => {
  const store = memory();
  const one = open({ store });
  const two = open({ store }, one.clock);
  const { session, tokens } = await one.sessions.start(user);
  await two.sessions.verify(tokens.accessToken.token);
  const heard = new Promise((resolve) => two.sessions.on("session.revoked", resolve));
  await one.sessions.revoke(user, session.id);
  await heard;
  expect((await refusal(two.sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
});

function unhinted({ subscribe: _, ...rest }: SessionStore): SessionStore {
  return rest;
}

/** A store whose change feed can be cut: no hints, and reads that fail. */
function cuttable(inner: SessionStore): { store: SessionStore; cut: { off: boolean } } {
  const cut = { off: false };
  const store: SessionStore = {
    ...unhinted(inner),
    async changes(...args) {
      if (cut.off) throw new Error("the network is down");
      return await inner.changes(...args);
    },
  };
  return { store, cut };
}

test("contract §5.3: beyond maxStaleness a process asks, and answers 503 when it cannot", async () => {
  const shared = memory();
  const { store, cut } = cuttable(shared);
  const { sessions, clock } = open({ store });
  const elsewhere = open({ store: shared }, clock);
  const { session, tokens } = await sessions.start(user);
  const token = tokens.accessToken.token;
  await sessions.verify(token);

  cut.off = true;
  await elsewhere.sessions.revoke(user, session.id);
  clock.advance(2000);
  // Within the bound the process may still trust what it knew.
  await sessions.verify(token);
  clock.advance(1);
  expect(await refusal(sessions.verify(token))).toMatchObject({
    code: "store_unavailable",
    status: 503,
    retryAfter: 1,
  });
  expect(sessions.health()).toMatchObject({ feed: "stale", lastError: "the network is down" });

  cut.off = false;
  expect((await refusal(sessions.verify(token))).reason).toBe("revoked");
  expect(sessions.health()).toMatchObject({ feed: "polling", lastError: null });
});

test("a forged token is 401 even while the database is away", async () => {
  const { store, cut } = cuttable(memory());
  cut.off = true;
  const { sessions } = open({ store });
  expect(await refusal(sessions.verify("no.such.token"))).toMatchObject({ status: 401 });
});

test("what is known without a question is said at once, and nothing else is", async () => {
  const { store, cut } = cuttable(memory());
  const { sessions, clock } = open({ store });
  const [kept, ended] = [await sessions.start(user), await sessions.start(user)];
  const token = kept.tokens.accessToken.token;
  expect(sessions.verifyNow(token)).toBe(await sessions.verify(token));
  expect(() => sessions.verifyNow(`${token}x`)).toThrow("credential");
  await sessions.revoke(user, ended.session.id);
  expect(() => sessions.verifyNow(ended.tokens.accessToken.token)).toThrow(
    expect.objectContaining({ reason: "revoked" }),
  );

  cut.off = true;
  clock.advance(2001);
  expect(sessions.verifyNow(token)).toBeNull();
  expect(() => sessions.verifyNow(`${token}x`)).toThrow("credential");
});

test("before the first load nothing is trusted", async () => {
  const shared = memory();
  const first = open({ store: shared });
  const { tokens } = await first.sessions.start(user);
  const { store, cut } = cuttable(shared);
  cut.off = true;
  const { sessions } = open({ store }, first.clock);
  expect(sessions.health().feed).toBe("starting");
  expect((await refusal(sessions.verify(tokens.accessToken.token))).status).toBe(503);
});

test("a suspended machine and a wall clock that jumped back count as stale", async () => {
  const { store, counts } = counting(unhinted(memory()));
  const { sessions, clock } = open({ store });
  const { tokens } = await sessions.start(user);
  await sessions.verify(tokens.accessToken.token);
  for (const jump of [60_000, -10_000]) {
    // The monotonic clock stands still meanwhile.
    clock.setWall(clock.now() + jump);
    const before = counts.get("changes") ?? 0;
    await sessions.verify(tokens.accessToken.token);
    expect(counts.get("changes")).toBe(before + 1);
  }
});

test("a wall clock that stands still does not hide that time has passed", async () => {
  const { store, cut } = cuttable(memory());
  const { sessions, clock } = open({ store });
  const { tokens } = await sessions.start(user);
  await sessions.verify(tokens.accessToken.token);
  cut.off = true;
  const wall = clock.now();
  clock.advance(2001);
  clock.setWall(wall);
  expect((await refusal(sessions.verify(tokens.accessToken.token))).status).toBe(503);
});

test("calls that wait for a read share one, begun after they came", async () => {
  const inner = memory();
  let reads = 0;
  let open1 = (): void => {};
  const gate = { closed: false };
  const store: SessionStore = {
    ...unhinted(inner),
    async changes(...args) {
      reads++;
      if (gate.closed) {
        await new Promise<void>((resolve) => {
          open1 = resolve;
        });
      }
      return await inner.changes(...args);
    },
  };
  const { sessions, clock } = open({ store, storeTimeout: "1h" });
  const { tokens } = await sessions.start(user);
  await sessions.verify(tokens.accessToken.token);
  clock.setWall(clock.now() + 10_000);
  gate.closed = true;
  const before = reads;
  const first = sessions.verify(tokens.accessToken.token);
  const waiting = Array.from({ length: 50 }, () => sessions.verify(tokens.accessToken.token));
  expect(reads).toBe(before + 1);
  gate.closed = false;
  open1();
  await Promise.all([first, ...waiting]);
  // The fifty came after the first read had begun, so one more served them all.
  expect(reads).toBe(before + 2);
});

test("a key that has left the ring takes what it verified along at once", async () => {
  const keys = createKeyRing([
    { id: "1", secret },
    { id: "2", secret: `${secret}2`, signsFrom: new Date(Date.UTC(2026, 0, 2)) },
  ]);
  const { sessions, clock } = open({ keys });
  const { tokens } = await sessions.start(user);
  await sessions.verify(tokens.accessToken.token);
  clock.setWall(Date.UTC(2026, 0, 2));
  keys.drop("1", { compromised: true });
  expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("forged");
  expect((await refusal(sessions.refresh(tokens.refreshToken.token))).status).toBe(401);
});

test("the cache stays within its size, and forged tokens never enter it", async () => {
  const { sessions } = open({ verifyCacheSize: 10 });
  for (let i = 0; i < 50; i++) {
    const { tokens } = await sessions.start(user);
    const token = tokens.accessToken.token;
    await sessions.verify(token);
    await refusal(sessions.verify(`${token.slice(0, -3)}AAA`));
    expect(sessions.health().cacheSize).toBeLessThanOrEqual(10);
  }
  const { sessions: fresh } = open();
  await refusal(fresh.verify("a.b.c"));
  expect(fresh.health().cacheSize).toBe(0);
});
