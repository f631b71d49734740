import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { type App, answerOf, cookieJar, ORIGIN, openApp, request } from "./app.js";

const AT = "__Host-rollcall-at";
const RT = "__Host-rollcall-rt";
const same = { "Sec-Fetch-Site": "same-origin" };

/** An application whose users have a role, which can change. */
function roleApp(): App & { state: { role: string }; me: (request: Request) => Promise<Response> } {
  const state = { role: "admin" };
  const app = openApp(
    { cookies: true, origin: ORIGIN },
    { claimsFor: () => ({ role: state.role }) },
  );
  const me = app.http.guard((_request, { claims }) => Response.json(claims));
  return { ...app, state, me };
}

async function browser(app: App): Promise<ReturnType<typeof cookieJar>> {
  const jar = cookieJar();
  const login = request("POST", "/login", { headers: same });
  const { headers } = await app.http.signIn(login, user, { transport: "cookie" });
  jar.take({ headers });
  return jar;
}

test("bearer: 401 EC002 that says nothing more, and a refresh gives the role of now", async () => {
  const app = roleApp();
  const { accessToken, refreshToken } = await app.signIn(user);
  const ask = async (token: string) => answerOf(await app.me(request("GET", "/me", { token })));
  expect((await ask(accessToken.token)).json).toEqual({ role: "admin" });
  app.state.role = "reader";
  await app.sessions.refreshClaims(user);
  const refused = await ask(accessToken.token);
  expect(refused.status).toBe(401);
  expect(refused.json).toEqual({ error: "Invalid or expired credential", errorCode: "EC002" });
  expect(refused.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
  expect(refused.headers.getSetCookie()).toEqual([]);
  const { status, json } = await app.call("POST", "/auth/refresh", {
    body: { refreshToken: refreshToken.token },
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({ tokens: { accessToken: { token: expect.any(String) } } });
  const { tokens } = JSON.parse(JSON.stringify(json));
  expect((await ask(tokens.accessToken.token)).json).toEqual({ role: "reader" });
  expect((await ask(accessToken.token)).status).toBe(401);
});

test("cookies: refreshed in passing, also by many requests at once", async () => {
  const app = roleApp();
  const jar = await browser(app);
  app.state.role = "reader";
  await app.sessions.refreshClaims(user);
  const ask = async () => answerOf(await app.me(request("GET", "/me", { headers: jar.header() })));
  const answers = await Promise.all([1, 2, 3, 4].map(ask));
  for (const answer of answers) {
    expect([answer.status, answer.json]).toEqual([200, { role: "reader" }]);
    expect(answer.headers.getSetCookie()).toHaveLength(2);
  }
  const given = answers.map(({ headers }) => headers.getSetCookie().at(-1));
  expect(new Set(given).size).toBe(1);
  for (const answer of answers) jar.take(answer);
  const next = await ask();
  expect([next.json, next.headers.getSetCookie()]).toEqual([{ role: "reader" }, []]);
});

test("cookies whose refresh is answered twice, and outdated in between, still go on", async () => {
  const app = roleApp();
  const jar = await browser(app);
  const lost = request("POST", "/auth/refresh", { headers: { ...same, ...jar.header() } });
  expect((await app.http.fetch(lost)).status).toBe(200);
  app.state.role = "reader";
  await app.sessions.refreshClaims(user);
  for (const _ of ["the retry's pair is outdated", "and renewed", "and good"]) {
    const answer = await answerOf(await app.me(request("GET", "/me", { headers: jar.header() })));
    expect([answer.status, answer.json]).toEqual([200, { role: "reader" }]);
    jar.take(answer);
  }
});

test("no cookie is cleared for an outdated token, not even one without a refresh cookie", async () => {
  const app = roleApp();
  const jar = await browser(app);
  await app.sessions.refreshClaims(user);
  jar.cookies.delete(RT);
  const { status, headers } = await app.me(request("GET", "/me", { headers: jar.header() }));
  expect([status, headers.getSetCookie()]).toEqual([401, []]);
  expect(jar.cookies.has(AT)).toBe(true);
});

test("where no cookie can be set, an outdated one is looked through, with claims of now", async () => {
  const app = roleApp();
  const jar = await browser(app);
  app.state.role = "reader";
  await app.sessions.refreshClaims(user);
  const read = request("GET", "/page", { headers: jar.header() });
  const principal = await app.http.authenticate(read, { readOnly: true });
  expect(principal.claims).toEqual({ role: "reader" });
  // Nothing was rotated: the refresh cookie is as good as before.
  const [listed] = (await app.sessions.list(user)).sessions;
  expect(listed?.lastUsedAt).toEqual(listed?.createdAt);
});

test("a stream goes on, and ends when its session does", async () => {
  const app = roleApp();
  const { accessToken } = await app.signIn(user);
  const { sessionId } = await app.sessions.verify(accessToken.token);
  const opening = request("GET", "/account/sessions/events", { token: accessToken.token });
  const { body } = await app.http.fetch(opening);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe(":\n\n");
  await app.sessions.refreshClaims(user);
  await app.sessions.rename(user, sessionId, "Desk");
  // The name is told, and nothing before it.
  expect((await reader?.read())?.value).toBe("event: sessions\ndata:\n\n");
  await app.sessions.revoke(user, sessionId);
  expect((await reader?.read())?.value).toMatch(/^event: revoked/);
});

test("an outdated token alone signs nobody out; with the refresh token it does", async () => {
  const app = roleApp();
  const { accessToken, refreshToken } = await app.signIn(user);
  await app.sessions.refreshClaims(user);
  const { token } = accessToken;
  const alone = await app.call("POST", "/auth/logout", { token });
  expect(alone.status).toBe(401);
  expect((await app.sessions.list(user)).sessions).toHaveLength(1);
  const body = { refreshToken: refreshToken.token };
  expect((await app.call("POST", "/auth/logout", { token, body })).status).toBe(200);
  expect((await app.sessions.list(user)).sessions).toEqual([]);
});

test("a thief's old token does nothing with the role that was taken away, whatever it asks for", async () => {
  const app = roleApp();
  const { accessToken, refreshToken } = await app.signIn(user);
  const other = await app.signIn(user);
  app.state.role = "reader";
  await app.sessions.refreshClaims(user);
  const { token } = accessToken;
  for (const [method, path] of [
    ["GET", "/account/sessions"],
    ["DELETE", "/account/sessions"],
    ["POST", "/account/logout-everywhere"],
  ] as const) {
    expect((await app.call(method, path, { token })).status).toBe(401);
  }
  expect((await app.sessions.list(user)).sessions).toHaveLength(2);
  // Each way to a new token leads to the role of now.
  for (const _ of ["rotated", "retried"]) {
    const { principal } = await app.sessions.refresh(refreshToken.token);
    expect(principal.claims).toEqual({ role: "reader" });
  }
  const looked = await app.sessions.verifyRefreshToken(other.refreshToken.token);
  expect(looked.claims).toEqual({ role: "reader" });
});
