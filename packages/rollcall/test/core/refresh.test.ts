import type { SessionStore, SignIn } from "rollcall";
import { createKeyRing } from "rollcall";
import { memory } from "rollcall/memory";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { eventOf, open, refreshToken, refusal, secret, user } from "../support/sessions.js";

test("contract §2.1: the id and createdAt never change, however often tokens rotate", async () => {
  const { sessions, clock } = open();
  const signIn = await sessions.start(user);
  let token = refreshToken(signIn);
  for (let i = 0; i < 20; i++) {
    clock.advance(60_000);
    const answer = await sessions.refresh(token, { ip: "192.0.2.7" });
    expect(answer.session.id).toBe(signIn.session.id);
    expect(answer.session.createdAt).toEqual(signIn.session.createdAt);
    expect(answer.session.lastUsedAt.getTime()).toBe(clock.now());
    expect(answer.session.lastIp).toBe("192.0.2.7");
    expect(refreshToken(answer)).not.toBe(token);
    token = refreshToken(answer);
  }
});

test("contract §4.5: n concurrent refreshes give n answers with one refresh token", async () => {
  const { sessions } = open();
  const token = refreshToken(await sessions.start(user));
  const answers = await Promise.all(Array.from({ length: 30 }, () => sessions.refresh(token)));
  expect(new Set(answers.map(refreshToken)).size).toBe(1);
  expect(answers[0]?.principal.generation).toBe(2);
});

test("contract §4.2: a retry gives the same bytes across a change of keys", async () => {
  const start = Date.UTC(2026, 0, 1);
  const keys = createKeyRing([
    { id: "1", secret },
    { id: "2", secret: `${secret}2`, signsFrom: new Date(start + 10_000) },
  ]);
  const { sessions, clock } = open({ keys }, manualClock(start));
  const token = refreshToken(await sessions.start(user));
  clock.advance(5000);
  const first = await sessions.refresh(token);
  clock.advance(10_000);
  const retry = await sessions.refresh(token);
  expect(refreshToken(retry)).toBe(refreshToken(first));
  expect(retry.retryableFor).toBe(20_000);
  // The exp of the retry is that of the rotation, not of the retry.
  expect(retry.tokens.accessToken.expiresAt).toEqual(first.tokens.accessToken.expiresAt);
  const next = await sessions.refresh(refreshToken(retry));
  expect(refreshToken(next).split(".")[3]).toBe("2");
});

test("contract §4.3: an answer lost in a tunnel costs nobody their session", async () => {
  const { sessions, clock } = open();
  const token = refreshToken(await sessions.start(user));
  const lost = await sessions.refresh(token);
  clock.advance(3_600_000);
  const late = await sessions.refresh(token);
  expect(late.principal.generation).toBe(3);
  // A retry of the late retry gets the same answer.
  clock.advance(29_999);
  expect(refreshToken(await sessions.refresh(token))).toBe(refreshToken(late));
  // The skipped one is void: whoever presents it has copied it.
  expect((await refusal(sessions.refresh(refreshToken(lost)))).reason).toBe("reused");
  expect((await refusal(sessions.refresh(refreshToken(late)))).reason).toBe("revoked");
});

test("contract §4.3: an access token of a skipped generation is reuse too", async () => {
  const { sessions, clock } = open();
  const token = refreshToken(await sessions.start(user));
  const thief = await sessions.refresh(token);
  clock.advance(60_000);
  const owner = await sessions.refresh(token);
  await sessions.verify(owner.tokens.accessToken.token);
  const seen = eventOf(sessions, "session.reuse_detected");
  await sessions.verify(thief.tokens.accessToken.token);
  clock.advance(1000);
  await seen;
  expect((await refusal(sessions.verify(thief.tokens.accessToken.token))).reason).toBe("revoked");
  expect((await refusal(sessions.verify(owner.tokens.accessToken.token))).reason).toBe("revoked");
});

test("contract §4.3: once the successor was used, even unwritten, the predecessor is reuse", async () => {
  const { sessions, clock } = open();
  const token = refreshToken(await sessions.start(user));
  const next = await sessions.refresh(token);
  clock.advance(30_000);
  await sessions.verify(next.tokens.accessToken.token);
  // The first use waits to be written; the refresh must not decide without it.
  expect((await refusal(sessions.refresh(token))).reason).toBe("reused");
});

test("a first use in one process is known to another within a second", async () => {
  const store = memory();
  const one = open({ store });
  const two = open({ store }, one.clock);
  const token = refreshToken(await one.sessions.start(user));
  const next = await one.sessions.refresh(token);
  await two.sessions.verify(next.tokens.accessToken.token);
  one.clock.advance(1000);
  await settled(store, next.session.id, 2);
  one.clock.advance(30_000);
  expect((await refusal(one.sessions.refresh(token))).reason).toBe("reused");
});

test("a crash before the first use was written keeps the user signed in, and is found out later", async () => {
  const store = memory();
  const { store: mute, writes } = withoutConfirm(store);
  const crashing = open({ store: mute });
  const sound = open({ store }, crashing.clock);
  const token = refreshToken(await crashing.sessions.start(user));
  const owner = await crashing.sessions.refresh(token);
  await crashing.sessions.verify(owner.tokens.accessToken.token);
  crashing.clock.advance(60_000);
  expect(writes.tried).toBeGreaterThan(0);
  // The thief presents the predecessor; nothing says that the successor was used.
  const thief = await sound.sessions.refresh(token);
  // The owner's next refresh finds it out.
  expect((await refusal(sound.sessions.refresh(refreshToken(owner)))).reason).toBe("reused");
  expect((await refusal(sound.sessions.refresh(refreshToken(thief)))).reason).toBe("revoked");
});

test("thief and owner taking turns, in every order, are found out by the second refresh", async () => {
  for (let order = 0; order < 64; order++) {
    const { sessions, clock } = open();
    const token = refreshToken(await sessions.start(user));
    const held = { owner: token, thief: token };
    let refreshes = 0;
    let ended = false;
    for (let turn = 0; turn < 100 && !ended; turn++) {
      const who =
        turn < 6 ? ((order >> turn) & 1 ? "owner" : "thief") : turn % 2 ? "owner" : "thief";
      clock.advance(31_000);
      try {
        const answer = await sessions.refresh(held[who]);
        held[who] = refreshToken(answer);
        await sessions.verify(answer.tokens.accessToken.token);
        // Once both have refreshed, one of them held a superseded token.
        if (held.owner !== token && held.thief !== token) refreshes++;
      } catch {
        ended = true;
      }
    }
    expect(ended, `order ${order.toString(2)}`).toBe(true);
    expect(refreshes, `order ${order.toString(2)}`).toBeLessThanOrEqual(1);
  }
});

test("claimsFor: null ends the session, a failure is a 503 and ends nothing", async () => {
  const state: { claims: "gone" | "fails" | "well" } = { claims: "well" };
  const { sessions } = open({
    claimsFor: () => {
      if (state.claims === "fails") throw new Error("the user table is away");
      return state.claims === "gone" ? null : { role: "user" };
    },
  });
  const signIn = await sessions.start(user);
  state.claims = "fails";
  expect((await refusal(sessions.refresh(refreshToken(signIn)))).status).toBe(503);
  expect((await refusal(sessions.start(user))).status).toBe(503);
  state.claims = "well";
  const answer = await sessions.refresh(refreshToken(signIn));
  state.claims = "gone";
  expect((await refusal(sessions.refresh(refreshToken(answer)))).reason).toBe("user_gone");
  const ended = await sessions.get(user, signIn.session.id);
  expect(ended?.revokedReason).toBe("user_gone");
  expect((await refusal(sessions.verify(answer.tokens.accessToken.token))).reason).toBe("revoked");
});

test("verifyRefreshToken: no rotation, and the predecessor is proven while it is honoured", async () => {
  const { sessions, clock } = open();
  const token = refreshToken(await sessions.start(user));
  const principal = await sessions.verifyRefreshToken(token);
  expect(principal).toMatchObject({ user, generation: 1 });
  const next = await sessions.refresh(token);
  await sessions.verifyRefreshToken(token);
  clock.advance(60_000);
  // The predecessor is still honoured while its successor is unused, and proving changed nothing.
  await sessions.verifyRefreshToken(token);
  expect((await sessions.refresh(refreshToken(next))).principal.generation).toBe(3);
  expect((await refusal(sessions.verifyRefreshToken(token))).reason).toBe("reused");
  expect((await refusal(sessions.verifyRefreshToken("rt1.x"))).status).toBe(401);
});

test("logout: by either credential, also when the session is over", async () => {
  const { sessions, clock } = open();
  const first = await sessions.start(user);
  await sessions.logout({ accessToken: first.tokens.accessToken.token });
  await sessions.logout({ accessToken: first.tokens.accessToken.token });
  await sessions.logout({ refreshToken: refreshToken(first) });
  expect((await sessions.get(user, first.session.id))?.revokedReason).toBe("logout");

  const second = await sessions.start(user);
  clock.advance(3_600_000);
  const accessToken = second.tokens.accessToken.token;
  expect((await refusal(sessions.logout({ accessToken }))).code).toBe("credential_invalid");
  await sessions.logout({ accessToken, refreshToken: refreshToken(second) });
  expect((await sessions.get(user, second.session.id))?.revokedReason).toBe("logout");
  expect((await refusal(sessions.logout({}))).code).toBe("credential_missing");
});

test("a refresh told to a process that had not heard of the ending makes it refuse at once", async () => {
  const store = memory();
  const { subscribe: _, ...unhinted } = store;
  const one = open({ store });
  const two = open({ store: unhinted }, one.clock);
  const signIn = await one.sessions.start(user);
  await two.sessions.verify(signIn.tokens.accessToken.token);
  await one.sessions.revoke(user, signIn.session.id);
  expect((await refusal(two.sessions.refresh(refreshToken(signIn)))).reason).toBe("revoked");
  expect((await refusal(two.sessions.verify(signIn.tokens.accessToken.token))).reason).toBe(
    "revoked",
  );
});

/** Waits until the store says that a generation was used, by asking it, not by the time. */
async function settled(
  store: SessionStore,
  id: SignIn["session"]["id"],
  generation: number,
): Promise<void> {
  await expect.poll(async () => (await store.find(id))?.session.confirmed).toBe(generation);
}

/** A process that never gets to write first uses. */
function withoutConfirm(store: SessionStore): { store: SessionStore; writes: { tried: number } } {
  const writes = { tried: 0 };
  return {
    writes,
    store: {
      ...store,
      async confirm() {
        writes.tried++;
        throw new Error("crashed");
      },
    },
  };
}
