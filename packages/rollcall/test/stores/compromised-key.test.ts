import type { SessionId } from "rollcall";
import { createKeyRing, createSessions, type KeyRing } from "rollcall";
import { afterEach, describe, expect, test } from "vitest";
import { isSessionId } from "../../src/core/model/session.js";
import { signAccessToken } from "../../src/core/tokens/access-token.js";
import type { BoundRing } from "../../src/core/tokens/bound-ring.js";
import { ringAccess } from "../../src/core/tokens/key-ring.js";
import { encodeRefreshToken } from "../../src/core/tokens/refresh-token.js";
import { eventOf, open, refreshToken, refusal, user } from "../support/sessions.js";
import type { OpenStore } from "../support/store-factory.js";
import { stores } from "../support/stores.js";

const leaked = "leaked-leaked-leaked-leaked-leaked";
const fresh = "fresh--fresh--fresh--fresh--fresh-";
const k1 = { id: "k1", secret: leaked };
const k2 = { id: "k2", secret: fresh };

/** What somebody makes who has got hold of the secret. */
function forger(now: () => number) {
  const terms = { issuer: "rollcall", now, idleTimeout: 1, dropped() {} };
  const compromised = async (): Promise<number> => 0;
  const ring: BoundRing = createKeyRing([k1])[ringAccess].bind({ ...terms, compromised });
  return {
    refresh: (id: string, generation: number): string =>
      encodeRefreshToken({ sessionId: idOf(id), generation }, ring.current()),
    access: (id: string): string =>
      signAccessToken(
        {
          user,
          sessionId: idOf(id),
          generation: 1,
          issuedAt: now(),
          expiresAt: now() + 600_000,
          pending: false,
          context: { kind: null, authenticatedAt: null, methods: null, level: null, actor: null },
          extra: {},
        },
        { issuer: "rollcall", audience: "rollcall", clientId: "rollcall", ring },
      ),
  };
}

function idOf(text: string): SessionId {
  if (!isSessionId(text)) throw new Error("no session id");
  return text;
}

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A manager on a store of the list. */
async function openOn(store: OpenStore, keys: KeyRing) {
  const { clock } = store;
  const sessions = createSessions({ store: store.store, keys, clock, storeTimeout: "30s" });
  cleanups.push(() => sessions.close());
  return sessions;
}

describe.each(stores)("a secret has leaked, on $name", ({ open: openStore }) => {
  test("an API key ends that was made by a forged token after the new key had come", async () => {
    const store = await openStore();
    cleanups.push(() => store.close());
    const keys = createKeyRing([k1]);
    const sessions = createSessions({
      store: store.store,
      keys,
      clock: store.clock,
      storeTimeout: "30s",
      kinds: { key: { refresh: false, prefix: "acme" } },
    });
    cleanups.push(() => sessions.close());
    keys.add(k2);
    const victim = await sessions.start(user);
    const owned = await sessions.verify(victim.tokens.accessToken.token);
    const forged = await sessions.verify(forger(store.clock.now).access(victim.session.id));
    const options = { name: "CI", scopes: [] };
    const theirs = await sessions.createApiKey(user, { ...options, provenBy: owned });
    const thiefs = await sessions.createApiKey(user, { ...options, provenBy: forged });
    expect(await keys.drop("k1", { compromised: true })).toBe(1);
    expect((await refusal(sessions.verify(thiefs.token))).reason).toBe("revoked");
    expect((await sessions.verify(theirs.token)).user).toEqual(user);
    expect((await sessions.get(user, victim.session.id))?.revokedAt).toBeNull();
    const late = sessions.createApiKey(user, { ...options, provenBy: forged });
    expect((await refusal(late)).reason).toBe("forged");
    expect((await sessions.list(user)).sessions).toHaveLength(2);
  });

  test("whoever had the key is out, whatever they made of it", async () => {
    const store = await openStore();
    cleanups.push(() => store.close());
    const keys = createKeyRing([k1]);
    const sessions = await openOn(store, keys);
    const forge = forger(store.clock.now);
    const victim = await sessions.start(user);
    const { signal } = await sessions.verify(forge.access(victim.session.id));
    keys.add(k2);
    const untouched = await sessions.start(user);
    const begunLater = await sessions.start(user);
    // The thief exchanges a token of his own make for one under the key that is to stay.
    const laundered = await sessions.refresh(forge.refresh(victim.session.id, 1_000_000));
    const another = await sessions.refresh(forge.refresh(begunLater.session.id, 1));
    expect(refreshToken(laundered).split(".")[3]).toBe("k2");

    expect(await keys.drop("k1", { compromised: true })).toBe(2);
    for (const pair of [victim, laundered, another]) {
      await refusal(sessions.verify(pair.tokens.accessToken.token));
      await refusal(sessions.refresh(refreshToken(pair)));
      await refusal(sessions.verifyRefreshToken(refreshToken(pair)));
    }
    await refusal(sessions.refresh(forge.refresh(victim.session.id, 2_000_000)));
    await refusal(sessions.verify(forge.access(victim.session.id)));
    expect(signal.aborted).toBe(true);
    expect(await sessions.get(user, victim.session.id)).toMatchObject({
      revokedReason: "key_compromised",
      revokedBy: { kind: "system" },
    });
    const { sessions: listed } = await sessions.list(user);
    expect(listed.map(({ id }) => id)).toEqual([untouched.session.id]);
    expect((await sessions.verify(untouched.tokens.accessToken.token)).user).toEqual(user);
    expect(await keys.drop("k1", { compromised: true })).toBe(0);
  });
});

test("a principal that the key proved is cut off, also where its session lives on", async () => {
  const keys = createKeyRing([k1, k2]);
  const { sessions, clock } = open({ keys });
  const owner = await sessions.start(user);
  const mine = (await sessions.verify(owner.tokens.accessToken.token)).signal;
  const thief = await sessions.verify(forger(clock.now).access(owner.session.id));
  expect(thief.signal.aborted).toBe(false);
  await keys.drop("k1", { compromised: true });
  expect([mine.aborted, thief.signal.aborted]).toEqual([true, true]);
  // One session has one signal; its owner's next request has another.
  const again = await sessions.verify(owner.tokens.accessToken.token);
  expect(again.signal.aborted).toBe(false);
});

test("a process that still holds the key brings nothing back, and ends the rest when it drops it", async () => {
  const { store, clock, sessions } = open({ keys: createKeyRing([k1, k2]) });
  const late = createKeyRing([k1, k2]);
  const other = open({ store, keys: late }, clock).sessions;
  const forge = forger(clock.now);
  const [first, second] = [await sessions.start(user), await sessions.start(user)];
  await other.refresh(forge.refresh(first.session.id, 5));
  const heard = eventOf(other, "session.revoked");
  expect(await sessions.keys.drop("k1", { compromised: true })).toBe(1);
  expect((await heard).reason).toBe("key_compromised");
  expect((await refusal(other.refresh(forge.refresh(first.session.id, 9)))).reason).toBe("revoked");
  // What the thief does there meanwhile counts for the process that drops the key last.
  const laundered = await other.refresh(forge.refresh(second.session.id, 5));
  expect(await late.drop("k1", { compromised: true })).toBe(1);
  expect((await refusal(sessions.refresh(refreshToken(laundered)))).reason).toBe("revoked");
});

test("with plain secrets: by the secret that leaked, also when it is in no ring any more", async () => {
  const both = open({ secret: [fresh, leaked] });
  const old = open({ store: both.store, secret: leaked }, both.clock);
  const signIn = await old.sessions.start(user);
  const moved = await both.sessions.refresh(refreshToken(signIn));
  const now = open({ store: both.store, secret: fresh }, both.clock);
  expect((await now.sessions.verify(moved.tokens.accessToken.token)).user).toEqual(user);
  expect(await now.sessions.keys.drop({ secret: leaked }, { compromised: true })).toBe(1);
  expect((await refusal(now.sessions.refresh(refreshToken(moved)))).reason).toBe("revoked");
  await expect(
    now.sessions.keys.drop({ secret: "someone-else's-32-bytes-of-secret" }, { compromised: true }),
  ).resolves.toBe(0);
  expect(() => now.sessions.keys.drop({ secret: fresh }, { compromised: true })).toThrow(
    /last key/,
  );
});

/** Something that one waits for and another gives. */
function signalling(): { readonly given: Promise<void>; give(): void } {
  const gate = new AbortController();
  const given = new Promise<void>((resolve) => {
    gate.signal.addEventListener("abort", () => resolve());
  });
  return { given, give: () => gate.abort() };
}

test("a refresh that was under way while the key was dropped hands nothing out", async () => {
  const keys = createKeyRing([k1, k2]);
  const inner = open({ keys: createKeyRing([k1, k2]) });
  const [gate, reached] = [signalling(), signalling()];
  const store = {
    ...inner.store,
    async rotate(input: Parameters<typeof inner.store.rotate>[0]) {
      reached.give();
      await gate.given;
      return await inner.store.rotate(input);
    },
  };
  const { sessions } = open({ store, keys }, inner.clock);
  const { session } = await sessions.start(user);
  const refreshing = refusal(sessions.refresh(forger(inner.clock.now).refresh(session.id, 9)));
  await reached.given;
  expect(await keys.drop("k1", { compromised: true })).toBe(0);
  gate.give();
  expect((await refreshing).reason).toBe("forged");
  expect((await sessions.get(user, session.id))?.revokedReason).toBe("key_compromised");
});

test("an outage rejects, the key is refused all the same, and it may be repeated", async () => {
  const state = { away: false };
  const inner = open({ keys: createKeyRing([k1]) });
  const store = {
    ...inner.store,
    async revokeByKey(input: Parameters<typeof inner.store.revokeByKey>[0]) {
      if (state.away) throw new Error("connection refused");
      return await inner.store.revokeByKey(input);
    },
  };
  const keys = createKeyRing([k1, k2]);
  const { sessions } = open({ store, keys }, inner.clock);
  const { tokens } = await inner.sessions.start(user);
  state.away = true;
  const dropped = keys.drop("k1", { compromised: true });
  expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("forged");
  expect((await refusal(dropped)).code).toBe("store_unavailable");
  state.away = false;
  expect(await keys.drop("k1", { compromised: true })).toBe(1);
});

test("a manager that was closed hears no more of its ring", async () => {
  const keys = createKeyRing([k1, k2]);
  const { sessions } = open({ keys });
  await sessions.start(user);
  await sessions.close();
  expect(await keys.drop("k1", { compromised: true })).toBe(0);
});
