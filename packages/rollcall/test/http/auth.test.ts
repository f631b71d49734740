import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { openApp } from "./app.js";

const INVALID = { error: "Invalid refresh token", errorCode: "EC002" };

test("POST /auth/refresh rotates; the shape is that of contract §1.9", async () => {
  const { call, clock, signIn } = openApp();
  const { refreshToken } = await signIn(user);
  clock.advance(60_000);
  const answer = await call("POST", "/auth/refresh", {
    body: { refreshToken: refreshToken.token },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(answer.json).toEqual({
    tokens: {
      accessToken: {
        token: expect.any(String),
        expiresAt: "2026-01-01T00:11:00.000Z",
        expiresIn: 600,
      },
      refreshToken: {
        token: expect.not.stringMatching(refreshToken.token),
        expiresAt: "2026-01-08T00:01:00.000Z",
        expiresIn: 7 * 86_400,
      },
    },
  });
});

test("POST /auth/refresh answers one 401 whatever the cause", async () => {
  const { call, sessions, clock, signIn } = openApp();
  const start = clock.now();
  const { accessToken, refreshToken } = await signIn(user);
  const revoked = await sessions.start(user);
  await sessions.revoke(user, revoked.session.id);
  const reused = await signIn(user);
  const successor = await sessions.refresh(reused.refreshToken.token);
  await sessions.refresh(successor.tokens.refreshToken.token);
  clock.advance(60_000);
  const texts = new Set<string>();
  for (const body of [
    { refreshToken: accessToken.token },
    { refreshToken: `${refreshToken.token}x` },
    { refreshToken: `${revoked.tokens.refreshToken.token.slice(0, -1)}_` },
    { refreshToken: "" },
    { refreshToken: 7 },
    { refreshToken: null },
    { refreshToken: { $ne: null } },
    {},
    [],
    "",
    "null",
  ]) {
    const answer = await call("POST", "/auth/refresh", { body });
    expect([answer.status, answer.json], JSON.stringify(body)).toEqual([401, INVALID]);
    expect(answer.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    texts.add(`${answer.text}${[...answer.headers].join()}`);
  }
  expect(texts.size).toBe(1);
  // Only whoever holds a genuine token learns what became of its session.
  const at = new Date(clock.now()).toISOString();
  const reuse = { reason: "refresh_token_reuse", by: "system", at };
  for (const [tokens, sessionEnded] of [
    [revoked.tokens, { reason: "revoked", by: "system", at: new Date(start).toISOString() }],
    [reused, reuse],
    [reused, reuse],
  ] as const) {
    const body = { refreshToken: tokens.refreshToken.token };
    const answer = await call("POST", "/auth/refresh", { body });
    expect([answer.status, answer.json]).toEqual([401, { ...INVALID, sessionEnded }]);
  }
  const broken = await call("POST", "/auth/refresh", { body: "{" });
  expect([broken.status, broken.json]).toEqual([
    400,
    { error: "the body is not JSON", errorCode: "EC008" },
  ]);
});

test("POST /auth/refresh is a 503 when the database is away, never a 401", async () => {
  const inner = memory();
  const { call, sessions } = openApp(
    {},
    {
      store: {
        ...inner,
        async rotate() {
          throw new Error("down");
        },
      },
    },
  );
  const { tokens } = await sessions.start(user);
  const body = { refreshToken: tokens.refreshToken.token };
  const answer = await call("POST", "/auth/refresh", { body });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
});

test("POST /auth/logout: by access token, by refresh token, also when it is over", async () => {
  const { call, sessions, clock, signIn } = openApp();
  const first = await signIn(user);
  const second = await signIn(user);
  const byAccess = { token: first.accessToken.token };
  for (let i = 0; i < 2; i++) {
    const answer = await call("POST", "/auth/logout", byAccess);
    expect([answer.status, answer.json]).toEqual([200, { message: "Logged out" }]);
  }
  // The caller's session only.
  expect((await sessions.list(user)).sessions).toHaveLength(1);
  clock.advance(3_600_000);
  const byRefresh = {
    token: second.accessToken.token,
    body: { refreshToken: second.refreshToken.token },
  };
  for (let i = 0; i < 2; i++) {
    expect((await call("POST", "/auth/logout", byRefresh)).status).toBe(200);
  }
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("POST /auth/logout: no credential is EC001, none that proves anything EC002", async () => {
  const { call, clock, signIn } = openApp();
  expect((await call("POST", "/auth/logout")).json).toMatchObject({ errorCode: "EC001" });
  expect((await call("POST", "/auth/logout", { body: {} })).json).toMatchObject({
    errorCode: "EC001",
  });
  const { accessToken } = await signIn(user);
  clock.advance(3_600_000);
  for (const options of [
    { token: accessToken.token },
    { headers: { Authorization: "Bearer" } },
    { body: { refreshToken: "x" } },
    { token: accessToken.token, body: { refreshToken: accessToken.token } },
  ]) {
    const answer = await call("POST", "/auth/logout", options);
    expect([answer.status, answer.json]).toEqual([
      401,
      { error: "Invalid or expired credential", errorCode: "EC002" },
    ]);
  }
  expect((await call("POST", "/auth/logout", { body: { refreshToken: 7 } })).status).toBe(400);
});
