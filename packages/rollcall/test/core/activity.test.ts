import type { SessionId, SessionStore } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, open, refreshToken, refusal, user } from "../support/sessions.js";

test("last use costs one statement per touchInterval, idle sessions none", async () => {
  const { store, counts } = counting(memory());
  const { sessions, clock } = open({ store, touchInterval: "60s" });
  const tokens: string[] = [];
  for (let i = 0; i < 100; i++) {
    tokens.push((await sessions.start(user)).tokens.accessToken.token);
  }
  const busy = tokens.slice(0, 50);
  for (let second = 0; second < 120; second++) {
    for (const token of busy) await sessions.verify(token);
    clock.advance(1000);
  }
  expect(counts.get("touch")).toBe(2);
  // The first generation has no predecessor, so its first use is not written at all.
  expect(counts.get("confirm") ?? 0).toBe(0);
  const before = counts.get("touch");
  clock.advance(3_600_000);
  expect(counts.get("touch")).toBe(before);
});

test("the listed lastUsedAt counts what is not yet written in this process", async () => {
  const { sessions, clock, store } = open();
  const { session, tokens } = await sessions.start(user);
  clock.advance(30_000);
  await sessions.verify(tokens.accessToken.token);
  const [listed] = (await sessions.list(user)).sessions;
  expect(listed?.lastUsedAt.getTime()).toBe(clock.now());
  expect((await store.get(user, session.id))?.lastUsedAt).toBe(clock.now() - 30_000);
  expect((await sessions.get(user, session.id))?.lastUsedAt.getTime()).toBe(clock.now());
});

test("close writes what waits", async () => {
  const { sessions, clock, store } = open();
  const { session, tokens } = await sessions.start(user);
  clock.advance(5000);
  await sessions.verify(tokens.accessToken.token);
  await sessions.close();
  expect((await store.get(user, session.id))?.lastUsedAt).toBe(clock.now());
});

test("a use moves the idle deadline", async () => {
  const { sessions, clock, store } = open({ idleTimeout: "1h", touchInterval: "1m" });
  const { session, tokens } = await sessions.start(user);
  clock.advance(10 * 60_000);
  const next = await sessions.refresh(refreshToken({ tokens }));
  clock.advance(9 * 60_000);
  await sessions.verify(next.tokens.accessToken.token);
  const used = clock.now();
  clock.advance(60_000);
  await expect
    .poll(async () => (await store.get(user, session.id))?.expiresAt)
    .toBe(used + 3_600_000);
});

test("first uses are written within a second, at most one statement a second", async () => {
  const { store, counts } = counting(memory());
  const { sessions, clock } = open({ store });
  const pairs = [];
  for (let i = 0; i < 20; i++) {
    const signIn = await sessions.start(user);
    pairs.push(await sessions.refresh(refreshToken(signIn)));
  }
  for (const [i, pair] of pairs.entries()) {
    await sessions.verify(pair.tokens.accessToken.token);
    clock.advance(100);
    // Lets the write under way finish before the next use.
    await sessions.list(user);
    if (i % 10 === 9)
      expect(counts.get("confirm")).toBeLessThanOrEqual(Math.ceil((i + 1) / 10) + 1);
  }
  clock.advance(1000);
  for (const pair of pairs) {
    await expect.poll(async () => (await store.find(pair.session.id))?.session.confirmed).toBe(2);
  }
});

test("what could not be written is written later, and the health report says why", async () => {
  const inner = memory();
  const state = { away: true };
  const store = {
    ...inner,
    async touch(...args: Parameters<typeof inner.touch>) {
      if (state.away) throw new Error("disk full");
      return await inner.touch(...args);
    },
  };
  const { sessions, clock } = open({ store });
  const { session, tokens } = await sessions.start(user);
  clock.advance(1000);
  const used = clock.now();
  await sessions.verify(tokens.accessToken.token);
  clock.advance(60_000);
  await expect.poll(() => sessions.health().lastError).toBe("disk full");
  state.away = false;
  clock.advance(60_000);
  await expect.poll(async () => (await inner.get(user, session.id))?.lastUsedAt).toBe(used);
  expect(sessions.health().lastError).toBeNull();
});

test("uses that the store left out go with the next flush", async () => {
  const inner = memory();
  const state = { locked: true };
  const store = {
    ...inner,
    async touch(...args: Parameters<typeof inner.touch>) {
      return state.locked ? args[0].map((use) => use.id) : await inner.touch(...args);
    },
  };
  const { sessions, clock } = open({ store });
  const { session, tokens } = await sessions.start(user);
  clock.advance(1000);
  await sessions.verify(tokens.accessToken.token);
  const used = clock.now();
  clock.advance(60_000);
  await Promise.resolve();
  state.locked = false;
  clock.advance(120_000);
  await sessions.close();
  expect((await inner.get(user, session.id))?.lastUsedAt).toBe(used);
});

/** A database in which others have locked the rows in `locked`. */
function withLocks(store: SessionStore, locked: Set<SessionId>): SessionStore {
  return {
    ...store,
    async confirm(uses, now, wait = false) {
      if (wait && uses.some(({ id }) => locked.has(id))) throw new Error("the row is locked");
      const free = uses.filter(({ id }) => !locked.has(id));
      const { ended } = await store.confirm(free, now);
      const left = uses.map(({ id }) => id).filter((id) => locked.has(id));
      return { ended, left };
    },
  };
}

async function confirmedOf(store: SessionStore, id: SessionId): Promise<number | undefined> {
  return (await store.find(id))?.session.confirmed;
}

test("a first use whose row is locked is tried again, and holds up nobody else's", async () => {
  const store = memory();
  const locked = new Set<SessionId>();
  const { sessions, clock } = open({ store: withLocks(store, locked) });
  const held = await sessions.refresh(refreshToken(await sessions.start(user)));
  const free = await sessions.refresh(refreshToken(await sessions.start(user)));
  locked.add(held.session.id);
  for (const { tokens } of [held, free]) await sessions.verify(tokens.accessToken.token);
  clock.advance(1000);
  await expect.poll(() => confirmedOf(store, free.session.id)).toBe(2);
  expect(await confirmedOf(store, held.session.id)).toBe(0);
  locked.clear();
  clock.advance(1000);
  await expect.poll(() => confirmedOf(store, held.session.id)).toBe(2);
});

test("no refresh is decided without a first use that could not be written", async () => {
  const store = memory();
  const locked = new Set<SessionId>();
  const { sessions, clock } = open({ store: withLocks(store, locked) });
  const first = refreshToken(await sessions.start(user));
  const next = await sessions.refresh(first);
  const { id } = next.session;
  await sessions.verify(next.tokens.accessToken.token);
  locked.add(id);
  clock.advance(60_000);
  // A thief's late retry: without the owner's first use it would be honoured.
  const attempts = [sessions.refresh(first), sessions.refresh(first)].map(refusal);
  for (const { code } of await Promise.all(attempts)) expect(code).toBe("store_unavailable");
  const bystander = await sessions.refresh(refreshToken(await sessions.start(user)));
  await sessions.refresh(refreshToken(bystander));
  locked.clear();
  expect((await refusal(sessions.refresh(first))).reason).toBe("reused");
});
