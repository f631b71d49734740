import type { SessionEvent, Sessions, SignIn } from "rollcall";
import { memory } from "rollcall/memory";
import { describe, expect, test } from "vitest";
import { counting, open, refreshToken, refusal, user } from "../support/sessions.js";

/** The ways of presenting a refresh token that is not to be rotated. */
const WAYS: Readonly<Record<string, (sessions: Sessions, token: string) => Promise<unknown>>> = {
  refresh: (sessions, token) => sessions.refresh(token),
  verifyRefreshToken: (sessions, token) => sessions.verifyRefreshToken(token),
  logout: (sessions, refreshToken) => sessions.logout({ refreshToken }),
};

const accessToken = ({ tokens }: Pick<SignIn, "tokens">): string => tokens.accessToken.token;

function heard(sessions: Sessions): SessionEvent["type"][] {
  const types: SessionEvent["type"][] = [];
  sessions.on("*", ({ type }) => types.push(type));
  return types;
}

describe.each(Object.entries(WAYS))("a superseded token presented by %s", (_, present) => {
  test("ends the session, says so, and aborts what the thief holds", async () => {
    const { sessions } = open();
    const first = await sessions.start(user);
    const second = await sessions.refresh(refreshToken(first));
    const third = await sessions.refresh(refreshToken(second));
    const { signal } = await sessions.verify(accessToken(third));
    const types = heard(sessions);
    await present(sessions, refreshToken(first)).catch(() => {});
    expect(signal.aborted).toBe(true);
    expect((await refusal(sessions.verify(accessToken(third)))).reason).toBe("revoked");
    expect((await refusal(sessions.refresh(refreshToken(third)))).reason).toBe("revoked");
    const ended = await sessions.get(user, first.session.id);
    expect(ended?.revokedReason).toBe("refresh_token_reuse");
    await expect
      .poll(() => types)
      .toEqual(expect.arrayContaining(["session.reuse_detected", "session.revoked"]));
  });

  test("is found out too when it is a skipped successor", async () => {
    const { sessions, clock } = open();
    const first = await sessions.start(user);
    const thief = await sessions.refresh(refreshToken(first));
    clock.advance(60_000);
    const owner = await sessions.refresh(refreshToken(first));
    await present(sessions, refreshToken(thief)).catch(() => {});
    expect((await refusal(sessions.refresh(refreshToken(owner)))).reason).toBe("revoked");
    const ended = await sessions.get(user, first.session.id);
    expect(ended?.revokedReason).toBe("refresh_token_reuse");
  });

  test("is found out in whatever process its successor was used", async () => {
    const store = memory();
    const one = open({ store });
    const two = open({ store }, one.clock);
    const first = await one.sessions.start(user);
    const second = await one.sessions.refresh(refreshToken(first));
    await two.sessions.verifyRefreshToken(refreshToken(second));
    await expect
      .poll(async () => {
        one.clock.advance(1000);
        return (await store.find(first.session.id))?.session.confirmed;
      })
      .toBe(2);
    one.clock.advance(30_000);
    await present(one.sessions, refreshToken(first)).catch(() => {});
    const ended = await one.sessions.get(user, first.session.id);
    expect(ended?.revokedReason).toBe("refresh_token_reuse");
  });
});

test("verifyRefreshToken is a first use: after it the predecessor is honoured within the window only", async () => {
  const { sessions, clock } = open();
  const first = await sessions.start(user);
  const second = await sessions.refresh(refreshToken(first));
  await sessions.verifyRefreshToken(refreshToken(second));
  clock.advance(29_000);
  await sessions.verifyRefreshToken(refreshToken(first));
  clock.advance(1000);
  expect((await refusal(sessions.refresh(refreshToken(first)))).reason).toBe("reused");
});

test("proving the predecessor does not confirm its successor", async () => {
  const { sessions, clock } = open();
  const first = await sessions.start(user);
  await sessions.refresh(refreshToken(first));
  for (let i = 0; i < 3; i++) {
    expect((await sessions.verifyRefreshToken(refreshToken(first))).generation).toBe(1);
    clock.advance(30_000);
  }
  expect((await sessions.refresh(refreshToken(first))).principal.generation).toBe(3);
});

test("verifyRefreshToken costs one read, and writes a first use once, behind it", async () => {
  const { store, counts } = counting(memory());
  const { sessions, clock } = open({ store });
  const second = await sessions.refresh(refreshToken(await sessions.start(user)));
  const before = new Map(counts);
  const since = (name: string): number => (counts.get(name) ?? 0) - (before.get(name) ?? 0);
  await sessions.verifyRefreshToken(refreshToken(second));
  expect([since("find"), since("confirm"), since("touch"), since("rotate")]).toEqual([1, 0, 0, 0]);
  clock.advance(1000);
  await expect.poll(() => since("confirm")).toBe(1);
  for (let i = 0; i < 5; i++) {
    await sessions.verifyRefreshToken(refreshToken(second));
    clock.advance(1000);
  }
  expect([since("find"), since("rotate")]).toEqual([6, 0]);
  expect(since("confirm")).toBe(1);
});

test("verifyRefreshToken is a use: it keeps a session alive that is only read, up to the last moment", async () => {
  const { sessions, clock } = open({ idleTimeout: "1h", touchInterval: "1m" });
  const token = refreshToken(await sessions.start(user));
  for (let i = 0; i < 5; i++) {
    clock.advance(3_600_000 - 1);
    await sessions.verifyRefreshToken(token);
  }
});

test("a prove while a rotation is in flight ends nothing", async () => {
  const { sessions } = open();
  let token = refreshToken(await sessions.start(user));
  for (let i = 0; i < 10; i++) {
    const [next] = await Promise.all([sessions.refresh(token), sessions.verifyRefreshToken(token)]);
    await sessions.verifyRefreshToken(token);
    token = refreshToken(next);
  }
});

test("verifyRefreshToken ends the session of a user who is gone, as a refresh does", async () => {
  const users = { gone: false };
  const { sessions } = open({ claimsFor: () => (users.gone ? null : {}) });
  const signIn = await sessions.start(user);
  users.gone = true;
  expect((await refusal(sessions.verifyRefreshToken(refreshToken(signIn)))).reason).toBe(
    "user_gone",
  );
  expect((await sessions.get(user, signIn.session.id))?.revokedReason).toBe("user_gone");
});

test("verifyRefreshToken in a process that had not heard of the ending makes it refuse at once", async () => {
  const store = memory();
  const { subscribe: _, ...unhinted } = store;
  const one = open({ store });
  const two = open({ store: unhinted }, one.clock);
  const signIn = await one.sessions.start(user);
  const { signal } = await two.sessions.verify(accessToken(signIn));
  await one.sessions.revoke(user, signIn.session.id);
  expect((await refusal(two.sessions.verifyRefreshToken(refreshToken(signIn)))).reason).toBe(
    "revoked",
  );
  expect(signal.aborted).toBe(true);
});

test("a logout by an access token of a skipped generation is reuse", async () => {
  const { sessions, clock } = open();
  const first = await sessions.start(user);
  const thief = await sessions.refresh(refreshToken(first));
  clock.advance(60_000);
  await sessions.refresh(refreshToken(first));
  await sessions.logout({ accessToken: accessToken(thief) });
  const ended = await sessions.get(user, first.session.id);
  expect(ended?.revokedReason).toBe("refresh_token_reuse");
});

test("a logout by the predecessor is a logout while that is honoured", async () => {
  const { sessions } = open();
  const first = await sessions.start(user);
  await sessions.refresh(refreshToken(first));
  await sessions.logout({ refreshToken: refreshToken(first) });
  expect((await sessions.get(user, first.session.id))?.revokedReason).toBe("logout");
});
