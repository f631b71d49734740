import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { faulty } from "../support/faulty-store.js";
import { counting, open, refreshToken, refusal, user } from "../support/sessions.js";

// Whoever holds a genuine token of an ended session is told how that ended, and nobody else is.

test("an access token of an ended session tells who ended it, and asks the database once", async () => {
  const { store, counts } = counting(memory());
  const { sessions, clock } = open({ store });
  const laptop = await sessions.start(user);
  const phone = await sessions.start(user);
  const at = new Date(clock.now());
  const actor = { kind: "user", sessionId: phone.session.id } as const;
  await sessions.revoke(user, laptop.session.id, { actor });
  const { token } = laptop.tokens.accessToken;
  for (let time = 0; time < 3; time += 1) {
    expect(await refusal(sessions.verify(token))).toMatchObject({
      reason: "revoked",
      sessionEnded: { reason: "revoked", by: "user", at },
    });
  }
  expect(counts.get("find")).toBe(1);
  // No more than that: not by which session, nor anything else of it.
  const { sessionEnded } = await refusal(sessions.verify(token));
  expect(Object.keys(sessionEnded ?? {}).sort()).toEqual(["at", "by", "reason"]);
});

test("the check without a promise refuses at once, without a reason and without a question", async () => {
  const { store, counts } = counting(memory());
  const { sessions } = open({ store });
  const { session, tokens } = await sessions.start(user);
  await sessions.revoke(user, session.id);
  await sessions.verify(tokens.accessToken.token).catch(() => {});
  const before = new Map(counts);
  expect(() => sessions.verifyNow(tokens.accessToken.token)).toThrow(
    expect.objectContaining({ reason: "revoked", sessionEnded: undefined }),
  );
  expect(counts).toEqual(before);
});

test.each(["refresh", "verifyRefreshToken"] as const)(
  "%s tells how the session ended",
  async (verb) => {
    const { sessions, clock } = open({ idleTimeout: "7d" });
    const ended = await sessions.start(user);
    await sessions.revoke(user, ended.session.id, { reason: "left", actor: { kind: "admin" } });
    expect(await refusal(sessions[verb](refreshToken(ended)))).toMatchObject({
      reason: "revoked",
      sessionEnded: { reason: "left", by: "admin", at: new Date(clock.now()) },
    });
    const idle = await sessions.start(user);
    clock.advance(8 * 24 * 3_600_000);
    expect(await refusal(sessions[verb](refreshToken(idle)))).toMatchObject({
      reason: "expired",
      sessionEnded: { reason: "expired", by: "system", at: idle.session.expiresAt },
    });
  },
);

test("a superseded token tells that it is one, and nothing more", async () => {
  const { sessions, clock } = open();
  const first = await sessions.start(user);
  const second = await sessions.refresh(refreshToken(first));
  await sessions.refresh(refreshToken(second));
  clock.advance(60_000);
  const sessionEnded = { reason: "refresh_token_reuse", by: "system", at: new Date(clock.now()) };
  for (const reason of ["reused", "revoked"]) {
    expect(await refusal(sessions.refresh(refreshToken(first)))).toMatchObject({
      reason,
      sessionEnded,
    });
  }
});

test("a user who is gone", async () => {
  let gone = false;
  const { sessions } = open({ claimsFor: () => (gone ? null : {}) });
  const signedIn = await sessions.start(user);
  gone = true;
  expect(await refusal(sessions.refresh(refreshToken(signedIn)))).toMatchObject({
    sessionEnded: { reason: "user_gone", by: "system" },
  });
});

test("a token that is not genuine learns nothing, and asks nothing", async () => {
  const { store, counts } = counting(memory());
  const { sessions } = open({ store });
  const { session, tokens } = await sessions.start(user);
  await sessions.revoke(user, session.id);
  counts.delete("find");
  const { token } = tokens.accessToken;
  const [head = "", body = ""] = token.split(".");
  for (const forged of [`${head}.${body}.${"A".repeat(43)}`, `${head}.${body}.`, "x.y.z"]) {
    expect(await refusal(sessions.verify(forged))).toMatchObject({
      reason: "forged",
      sessionEnded: undefined,
    });
  }
  const altered = `${tokens.refreshToken.token.slice(0, -43)}${"A".repeat(43)}`;
  expect((await refusal(sessions.refresh(altered))).sessionEnded).toBeUndefined();
  expect(counts.get("find")).toBeUndefined();
});

test("while the database is away a refusal stays one, and is explained later", async () => {
  const { store, state } = faulty(memory());
  const { sessions } = open({ store });
  const { session, tokens } = await sessions.start(user);
  const { token } = tokens.accessToken;
  await sessions.revoke(user, session.id);
  state.away = true;
  expect(await refusal(sessions.verify(token))).toMatchObject({
    reason: "revoked",
    sessionEnded: undefined,
  });
  state.away = false;
  expect((await refusal(sessions.verify(token))).sessionEnded).toMatchObject({ reason: "revoked" });
});

test("many that are refused at once leave the database to those who are let in", async () => {
  let asked = 0;
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const store = memory();
  const { sessions } = open({
    store: {
      ...store,
      async find(id, now) {
        asked += 1;
        await answered;
        return await store.find(id, now);
      },
    },
  });
  const signIns = await Promise.all(Array.from({ length: 20 }, () => sessions.start(user)));
  await sessions.revokeAll(user);
  const refused = signIns.map(({ tokens }) => refusal(sessions.verify(tokens.accessToken.token)));
  // Those beyond the first few wait for nothing.
  const unexplained = await Promise.all(refused.slice(4));
  expect(new Set(unexplained.map(({ sessionEnded }) => sessionEnded))).toEqual(
    new Set([undefined]),
  );
  answer();
  const explained = await Promise.all(refused.slice(0, 4));
  for (const { sessionEnded } of explained) {
    expect(sessionEnded).toMatchObject({ reason: "revoke_all" });
  }
  expect(asked).toBe(4);
});
