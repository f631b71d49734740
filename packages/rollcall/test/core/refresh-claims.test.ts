import type { ClaimsFor } from "rollcall";
import { memory, memoryDatabase } from "rollcall/memory";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { counting, eventOf, open, refreshToken, refusal, user } from "../support/sessions.js";

const grace = { type: "user", id: "grace" };

/** An application whose users all have one role, which can change. */
function roles(role = "admin"): { role: string | null; claimsFor: ClaimsFor } {
  const state: ReturnType<typeof roles> = {
    role,
    claimsFor: () => (state.role === null ? null : { role: state.role }),
  };
  return state;
}

const accessToken = (answer: { tokens: { accessToken: { token: string } } }): string =>
  answer.tokens.accessToken.token;

/** Two processes on one database. */
function twoProcesses(claimsFor: ClaimsFor) {
  const database = memoryDatabase();
  const clock = manualClock();
  const first = open({ store: memory(database), claimsFor }, clock);
  const second = open({ store: memory(database), claimsFor }, clock);
  const third = () => open({ store: memory(database), claimsFor }, clock).sessions;
  return { clock, here: first.sessions, there: second.sessions, third };
}

test("an old access token is outdated here, there and in a process that starts later", async () => {
  const state = roles();
  const { clock, here, there, third } = twoProcesses(state.claimsFor);
  const [one, two] = [await here.start(user), await there.start(user)];
  const other = await here.start(grace);
  for (const sessions of [here, there]) await sessions.verify(accessToken(one));
  state.role = "reader";
  expect(await here.refreshClaims(user)).toBe(2);

  for (const token of [accessToken(one), accessToken(two)]) {
    expect(() => here.verifyNow(token)).toThrow(expect.objectContaining({ reason: "outdated" }));
    const error = await refusal(here.verify(token));
    expect([error.code, error.errorCode, error.reason]).toEqual([
      "credential_invalid",
      "EC002",
      "outdated",
    ]);
    expect(error.sessionEnded).toBeUndefined();
    expect(error.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
  }
  clock.advance(2001);
  for (const sessions of [there, third()]) {
    expect((await refusal(sessions.verify(accessToken(one)))).reason).toBe("outdated");
    expect((await sessions.verify(accessToken(other))).claims).toEqual({ role: "admin" });
  }

  const next = await there.refresh(refreshToken(one));
  expect(next.principal.claims).toEqual({ role: "reader" });
  for (const sessions of [here, there, third()]) {
    expect((await sessions.verify(accessToken(next))).claims).toEqual({ role: "reader" });
  }
  expect((await here.list(user)).sessions).toHaveLength(2);
});

test("nothing ends: signals stay, refresh tokens are good, the refusal is told in an event", async () => {
  const { sessions } = open();
  const signIn = await sessions.start(user);
  const { signal } = await sessions.verify(accessToken(signIn));
  const told = eventOf(sessions, "session.claims_outdated");
  await sessions.refreshClaims(user);
  expect(await told).toMatchObject({
    user,
    sessionId: signIn.session.id,
    generation: 1,
    actor: { kind: "system" },
  });
  expect(signal.aborted).toBe(false);
  expect((await sessions.verifyRefreshToken(refreshToken(signIn))).sessionId).toBe(
    signIn.session.id,
  );
  expect((await sessions.get(user, signIn.session.id))?.revokedAt).toBeNull();
  const ended = eventOf(sessions, "session.revoked");
  await sessions.revoke(user, signIn.session.id);
  await ended;
  expect(signal.aborted).toBe(true);
  // What has ended is not merely outdated.
  expect((await refusal(sessions.verify(accessToken(signIn)))).reason).toBe("revoked");
});

test("outdated again and again, with no refresh in between, and by many at once", async () => {
  const { sessions } = open();
  const signIn = await sessions.start(user);
  for (const _ of [1, 2]) expect(await sessions.refreshClaims(user)).toBe(1);
  await Promise.all([1, 2, 3].map(() => sessions.refreshClaims(user)));
  const next = await sessions.refresh(refreshToken(signIn));
  await sessions.verify(accessToken(next));
  await sessions.refreshClaims(user);
  for (const old of [signIn, next]) {
    expect((await refusal(sessions.verify(accessToken(old)))).reason).toBe("outdated");
  }
  expect(await sessions.refreshClaims(grace)).toBe(0);
});

test("a check costs no question: neither of what is outdated nor of what is not", async () => {
  const { store, counts } = counting(memory());
  const { sessions } = open({ store });
  const signIn = await sessions.start(user);
  await sessions.verify(accessToken(signIn));
  await sessions.refreshClaims(user);
  const next = await sessions.refresh(refreshToken(signIn));
  const before = [...counts];
  expect(sessions.verifyNow(accessToken(next))?.generation).toBe(2);
  expect(() => sessions.verifyNow(accessToken(signIn))).toThrow();
  await refusal(sessions.verify(accessToken(signIn)));
  expect([...counts]).toEqual(before);
});

test("remembered for as long as such a token lives, and a minute longer", async () => {
  const { sessions, clock } = open();
  const signIn = await sessions.start(user);
  await sessions.refreshClaims(user);
  expect(sessions.health().indexSize).toBe(1);
  clock.advance(599_000);
  expect((await refusal(sessions.verify(accessToken(signIn)))).reason).toBe("outdated");
  clock.advance(61_000);
  expect((await refusal(sessions.verify(accessToken(signIn)))).reason).toBe("expired");
  expect(sessions.health().indexSize).toBe(0);
});

test("a refresh token that is presented again after an outdating raises nobody", async () => {
  const state = roles();
  const { sessions, clock } = open({ claimsFor: state.claimsFor });
  const first = await sessions.start(user);
  const second = await sessions.refresh(refreshToken(first));
  state.role = "reader";
  await sessions.refreshClaims(user);
  // The answer of the refresh was lost, so the client repeats it: the same generation again.
  const retried = await sessions.refresh(refreshToken(first));
  expect(refreshToken(retried)).toBe(refreshToken(second));
  expect(retried.principal.claims).toEqual({ role: "reader" });
  expect((await refusal(sessions.verify(accessToken(retried)))).reason).toBe("outdated");
  // One refresh more, and it goes on: neither a loop nor the end of the session.
  const third = await sessions.refresh(refreshToken(retried));
  expect((await sessions.verify(accessToken(third))).claims).toEqual({ role: "reader" });
  // An outdated generation that is superseded is reuse, like any other.
  clock.advance(30_000);
  expect((await refusal(sessions.refresh(refreshToken(first)))).reason).toBe("reused");
  expect((await refusal(sessions.verify(accessToken(third)))).reason).toBe("revoked");
});

test("claimsFor says that the user is gone when it is asked once more: the session ends", async () => {
  const meanwhile: { act: (() => Promise<unknown>) | null } = { act: null };
  const state = roles();
  const { sessions } = open({
    async claimsFor(of, session) {
      const answer = await state.claimsFor(of, session);
      const { act } = meanwhile;
      meanwhile.act = null;
      await act?.();
      return answer;
    },
  });
  const disable = async (): Promise<void> => {
    state.role = null;
    await sessions.refreshClaims(user);
  };
  const first = await sessions.start(user);
  meanwhile.act = disable;
  expect((await refusal(sessions.refresh(refreshToken(first)))).reason).toBe("user_gone");
  expect((await sessions.get(user, first.session.id))?.revokedReason).toBe("user_gone");

  state.role = "admin";
  meanwhile.act = disable;
  expect((await refusal(sessions.start(user))).reason).toBe("user_gone");
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("a sign-in long after an outdating asks once, and one soon after asks once more", async () => {
  let asked = 0;
  const { sessions, clock } = open({
    claimsFor() {
      asked += 1;
      return {};
    },
  });
  await sessions.start(user);
  expect(asked).toBe(1);
  await sessions.refreshClaims(user);
  await sessions.start(user);
  expect(asked).toBe(3);
  await sessions.start(grace);
  expect(asked).toBe(4);
  clock.advance(3_600_001);
  await sessions.start(user);
  expect(asked).toBe(5);
});

test("whoever was cut off for half a day reads all again, since events may have been purged", async () => {
  const database = memoryDatabase();
  const clock = manualClock();
  const lasting = { accessTokenTtl: "2d", idleTimeout: "8d" } as const;
  const { sessions: there } = open({ store: memory(database), ...lasting }, clock);
  // Hints do not reach it, and a listener keeps it from resting.
  const { subscribe: _, ...deaf } = memory(database);
  const state = { away: false };
  const store = {
    ...deaf,
    async changes(...input: Parameters<typeof deaf.changes>) {
      if (state.away) throw new Error("cut off");
      return deaf.changes(...input);
    },
  };
  const { sessions: here } = open({ store, ...lasting }, clock);
  const signIn = await here.start(user);
  here.on("*", () => {});
  await here.verify(accessToken(signIn));
  state.away = true;
  await there.refreshClaims(user);
  clock.advance(13 * 3_600_000);
  database.events.length = 0;
  state.away = false;
  expect((await refusal(here.verify(accessToken(signIn)))).reason).toBe("outdated");
});

test("refreshClaims takes a user, and says so", async () => {
  const { sessions } = open();
  await expect(sessions.refreshClaims({ type: "", id: "ada" })).rejects.toThrow(TypeError);
});
