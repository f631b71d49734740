import { expect, test } from "vitest";
import { openApp } from "../http/app.js";
import { eventOf, open, refreshToken, refusal, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V10.4: of an authorization server Rollcall has the part about tokens.

const DAY = 86_400_000;

test("10.4.5: a refresh token that comes back after its use ends the session, and all its tokens", async () => {
  for (const refreshes of [1, 2, 5]) {
    const { sessions, clock } = open();
    const stolen = await sessions.start(user);
    let owner = stolen.tokens;
    for (let n = 0; n < refreshes; n += 1) {
      owner = (await sessions.refresh(owner.refreshToken.token)).tokens;
      // Of the one before the current it counts whether the current one was used.
      if (refreshes === 1) await sessions.verify(owner.accessToken.token);
      clock.advance(30_000);
    }
    const detected = eventOf(sessions, "session.reuse_detected");
    expect((await refusal(sessions.refresh(refreshToken(stolen)))).reason).toBe("reused");
    expect(await detected).toMatchObject({ sessionId: stolen.session.id });
    expect((await refusal(sessions.verify(owner.accessToken.token))).reason).toBe("revoked");
    expect((await refusal(sessions.refresh(owner.refreshToken.token))).reason).toBe("revoked");
  }
});

test("10.4.8: no chain of refreshes outlives the absolute limit", async () => {
  const { sessions, clock } = open({ idleTimeout: "7d", absoluteTimeout: "30d" });
  let { tokens } = await sessions.start(user);
  const end = clock.now() + 30 * DAY;
  for (let day = 6; day < 30; day += 6) {
    clock.advance(6 * DAY);
    ({ tokens } = await sessions.refresh(tokens.refreshToken.token));
    expect(tokens.refreshToken.expiresAt.getTime()).toBeLessThanOrEqual(end);
  }
  clock.advance(6 * DAY);
  expect((await refusal(sessions.refresh(tokens.refreshToken.token))).reason).toBe("expired");
});

test("10.4.9: people revoke the tokens of each of their sessions and API keys", async () => {
  const kinds = { key: { refresh: false, prefix: "acme" } } as const;
  const app = openApp({}, { kinds });
  const { sessions, call } = app;
  const here = (await app.signIn(user)).accessToken.token;
  const stolen = await sessions.start(user);
  const key = await sessions.createApiKey(user, { name: "CI", scopes: [] });
  await sessions.verify(key.token);
  for (const { session } of [stolen, key]) {
    const answer = await call("DELETE", `/account/sessions/${session.id}`, { token: here });
    expect(answer.status).toBe(200);
  }
  expect((await refusal(sessions.refresh(refreshToken(stolen)))).reason).toBe("revoked");
  expect((await refusal(sessions.verify(key.token))).reason).toBe("revoked");
});

test("10.4.11: an API key has the scopes it was given, and the account offers no others", async () => {
  const kinds = { key: { refresh: false, prefix: "acme" } } as const;
  const { call, signIn, sessions } = openApp({ apiKeys: { scopes: ["orders:read"] } }, { kinds });
  const token = (await signIn(user)).accessToken.token;
  const ask = (scopes: readonly string[]) =>
    call("POST", "/account/keys", { token, body: { name: "CI", scopes } });
  expect((await ask(["orders:read", "orders:write"])).status).toBe(400);
  expect((await ask([])).status).toBe(201);
  const made = (await sessions.list(user)).sessions.filter(({ kind }) => kind === "key");
  expect(made.map(({ scopes }) => scopes)).toEqual([[]]);
});
