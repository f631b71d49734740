import { createSessions, SessionError, type Sessions } from "rollcall";
import { createClient } from "rollcall/client";
import { rollcall } from "rollcall/hono";
import { createHttp, type Http } from "rollcall/http";
import { memory } from "rollcall/memory";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { answerOf, call, load, requesterOf, serve } from "../support/guides.js";

// The modules that the guides show, as they stand there, and what the guides say of them. What they
// only declare, an application's own functions, are globals here.

const secret = "0123456789abcdef0123456789abcdef";
const origin = "https://app.example";
const ada = { type: "user", id: "ada" };

afterEach(() => {
  vi.unstubAllGlobals();
});

function isHttp(value: unknown): value is Http {
  return typeof value === "object" && value !== null && "signIn" in value;
}

/** What a guide made by `createSessions`, until the end of the test. */
function sessionsOf(made: unknown): Sessions {
  const isSessions = (value: unknown): value is Sessions =>
    typeof value === "object" && value !== null && "verify" in value && "close" in value;
  if (!isSessions(made)) expect.unreachable("it is no session manager");
  onTestFinished(() => made.close());
  return made;
}

function open(): { sessions: Sessions; http: Http } {
  const sessions = createSessions({ store: memory(), secret, storeTimeout: "30s" });
  onTestFinished(() => sessions.close());
  const http = createHttp({ sessions, cookies: true, origin, origins: ["http://localhost:5173"] });
  return { sessions, http };
}

async function bearer(sessions: Sessions, user = ada): Promise<{ Authorization: string }> {
  const { tokens } = await sessions.start(user);
  return { Authorization: `Bearer ${tokens.accessToken.token}` };
}

test("signing in with a password", async () => {
  vi.stubGlobal("findUser", async (email: string) =>
    email === "ada@example.com" ? { id: 1, passwordHash: "lovelace" } : null,
  );
  vi.stubGlobal("verifyPassword", async (hash: string, password: string) => hash === password);
  const route = call(await load("signing-in.md", "With a password"), "signInRoute", open().http);
  const url = await serve(route);
  const signIn = (body: object): Promise<Response> =>
    fetch(`${url}/sign-in`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: origin },
      body: JSON.stringify({ email: "ada@example.com", password: "lovelace", ...body }),
    });
  expect((await signIn({ password: "wrong" })).status).toBe(401);
  expect((await signIn({ email: "nobody@example.com" })).status).toBe(401);
  for (const remember of [true, false]) {
    const [cookie] = (await signIn({ remember })).headers.getSetCookie();
    expect(/Max-Age/.test(cookie ?? ""), cookie).toBe(remember);
  }
});

test("a link by e-mail signs in when its button is pressed, once", async () => {
  const tokens = new Set(["a+b"]);
  vi.stubGlobal("redeem", async (token: string) => (tokens.delete(token) ? { id: 1 } : null));
  const guide = await load("signing-in.md", "Links by e-mail");
  const { http } = open();
  const link = new Request(`${origin}/sign-in/link?token=a%2Bb`);
  const page = await (await answerOf(guide, "linkPage", link)).text();
  const [, token = ""] = /name="token" value="([^"]+)"/.exec(page) ?? [];
  const press = (): Promise<Response> => {
    const body = new URLSearchParams({ token });
    const init = { method: "POST", body, headers: { Origin: origin } };
    return answerOf(guide, "redeemLink", http, new Request(`${origin}/sign-in/link`, init));
  };
  const signedIn = await press();
  expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/account"]);
  expect(signedIn.headers.getSetCookie()).toHaveLength(3);
  expect((await press()).status).toBe(401);
});

test("the callback of an identity provider signs in", async () => {
  const guide = await load("signing-in.md", "Callbacks of identity providers");
  const { http } = open();
  const comeBack = (): Promise<Response> =>
    answerOf(guide, "callback", http, new Request(`${origin}/sign-in/callback?code=c&state=s`));
  vi.stubGlobal("finishOAuth", async () => null);
  expect((await comeBack()).status).toBe(401);
  vi.stubGlobal("finishOAuth", async () => ({ id: 1 }));
  expect((await comeBack()).headers.getSetCookie()).toHaveLength(3);
});

test("limits, what to keep with a session, and a changed password", async () => {
  sessionsOf(call(await load("signing-in.md", "Limits"), "create", memory(), secret));
  const { sessions } = open();
  const enrolled = await load("signing-in.md", "What to keep with a session");
  expect(await call(enrolled, "enrol", sessions)).toEqual(expect.any(String));
  const { sessions: meters } = await sessions.list({ type: "device", id: "meter-17" });
  expect(meters).toMatchObject([{ deviceInfo: { place: "Berlin, hall 3" } }]);

  const { session, tokens } = await sessions.start(ada);
  const principal = await sessions.verify(tokens.accessToken.token);
  await call(
    await load("signing-in.md", "Signing out"),
    "afterPasswordChange",
    sessions,
    principal,
  );
  expect(await sessions.get(ada, session.id)).toMatchObject({ revokedReason: "password_changed" });
});

test("a guarded route, and who may pass", async () => {
  const { sessions, http } = open();
  const app = call(await load("guarding.md", "Guard a route"), "routes", http);
  const url = await serve(app);
  const headers = await bearer(sessions);
  expect((await fetch(`${url}/me`)).status).toBe(401);
  expect(await (await fetch(`${url}/me`, { headers })).json()).toEqual({ user: ada });
  expect((await fetch(`${url}/staff`, { headers })).status).toBe(403);
});

test("the way to the sign-in page and back", async () => {
  const { http } = open();
  const guide = await load("guarding.md", "Send people to the sign-in page");
  const request = requesterOf(call(guide, "pages", rollcall(http)));
  const page = await request("/orders", { headers: { "Sec-Fetch-Mode": "navigate" } });
  expect([page.status, page.headers.get("location")]).toEqual([303, "/login?returnTo=%2Forders"]);
  expect((await request("/orders")).status).toBe(401);
  const back = async (path: string): Promise<string | null> => {
    const answer = await request(path, { method: "POST", headers: { Origin: origin } });
    return answer.headers.get("location");
  };
  expect(await back("/login?returnTo=%2Forders")).toBe("/orders");
  expect(await back("/login?returnTo=%2F%2Fother.example")).toBe("/");
});

test("kinds of sessions", async () => {
  const sessions = sessionsOf(
    call(await load("kinds.md", "Define kinds"), "create", memory(), secret),
  );
  const http = createHttp({ sessions, cookies: true, origin });
  const guide = await load("kinds.md", "Sign in with a kind");
  for (const [remember, kind] of [
    [true, "remembered"],
    [false, "browser"],
  ] as const) {
    const request = new Request(`${origin}/sign-in`, {
      method: "POST",
      headers: { Origin: origin },
    });
    const answer = await answerOf(guide, "signedIn", http, request, 7, remember);
    expect(/Max-Age/.test(answer.headers.getSetCookie()[0] ?? "")).toBe(remember);
    const { sessions: listed } = await sessions.list({ type: "user", id: 7 });
    expect(listed.map((session) => session.kind)).toContain(kind);
  }
  const pay = requesterOf(
    call(await load("kinds.md", "Let only some kinds pass"), "payments", rollcall(http)),
  );
  for (const [kind, status] of [
    ["mobile", 200],
    ["browser", 403],
  ] as const) {
    const { tokens } = await sessions.start(ada, { kind });
    const headers = { Authorization: `Bearer ${tokens.accessToken.token}` };
    expect((await pay("/payments", { method: "POST", headers })).status).toBe(status);
  }
});

test("API keys: allowed, made by a client, and let in where a route asks for their scopes", async () => {
  const made = call(await load("api-keys.md", "Allow keys"), "create", memory(), secret);
  if (typeof made !== "object" || made === null || !("http" in made) || !("sessions" in made)) {
    return expect.unreachable("it makes no sessions and http");
  }
  const sessions = sessionsOf(made.sessions);
  const http = isHttp(made.http) ? made.http : expect.unreachable("it is no http");
  const own = await bearer(sessions);
  // In place of the network.
  const fetchHere = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    request.headers.set("Authorization", own.Authorization);
    return await http.fetch(request);
  });
  onTestFinished(() => fetchHere.mockRestore());
  const client = createClient({ baseUrl: origin, transport: "bearer" });
  const key = await call(await load("api-keys.md", "Make a key"), "newKey", client, "CI");
  expect(key).toMatch(/^acme_/);
  const ask = requesterOf(
    call(await load("api-keys.md", "Guard routes"), "orders", rollcall(http)),
  );
  const headers = { Authorization: `Bearer ${key}` };
  expect((await ask("/orders", { headers })).status).toBe(200);
  const lacking = await ask("/orders", { method: "POST", headers });
  expect([lacking.status, lacking.headers.get("www-authenticate")]).toEqual([
    403,
    'Bearer error="insufficient_scope", scope="orders:read orders:write"',
  ]);
  expect((await ask("/settings", { headers })).status).toBe(403);
  expect((await ask("/settings", { headers: own })).status).toBe(200);
});

test("asking for more than a session", async () => {
  const sessions = sessionsOf(
    call(await load("step-up.md", "Name your levels"), "create", memory(), secret),
  );
  const protect = await load("step-up.md", "Keep a thief from throwing the owner out");
  const http = call(protect, "open", sessions, origin);
  if (!isHttp(http)) expect.unreachable("it is no http");
  const guide = await load("step-up.md", "Say how somebody signed in");
  for (const [usedCode, level] of [
    [false, "aal1"],
    [true, "aal2"],
  ] as const) {
    const request = new Request(`${origin}/sign-in`, {
      method: "POST",
      headers: { Origin: origin },
    });
    await answerOf(guide, "signedIn", http, request, 7, usedCode);
    const { sessions: listed } = await sessions.list({ type: "user", id: 7 });
    expect(listed.map((session) => session.level)).toContain(level);
  }
  vi.stubGlobal("isRightCode", async (_id: string, code: string) => code === "123456");
  const auth = rollcall(http);
  const pay = requesterOf(
    call(await load("step-up.md", "Ask for it in a guard"), "payments", auth),
  );
  const raise = requesterOf(call(await load("step-up.md", "Raise the session"), "stepUp", auth));
  const { tokens } = await sessions.start(ada, { level: "aal1" });
  const post = (token: string, body = {}): RequestInit => ({
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const held = tokens.accessToken.token;
  const low = await pay("/payments", post(held));
  expect([low.status, await low.json()]).toMatchObject([403, { required: { level: "aal2" } }]);
  expect((await raise("/step-up", post(held, { code: "1" }))).status).toBe(422);
  const answer = await (await raise("/step-up", post(held, { code: "123456" }))).json();
  const raised = answer.tokens.accessToken.token;
  expect((await pay("/payments", post(raised))).status).toBe(200);

  vi.stubGlobal("savePassword", async () => {});
  const change = await load("step-up.md", "After a password or a second factor was changed");
  await sessions.start(ada);
  await call(change, "changePassword", sessions, await sessions.verify(raised), "secret");
  expect((await sessions.list(ada)).sessions).toHaveLength(1);
});

test("a page for everybody", async () => {
  const { sessions, http } = open();
  const url = await serve(
    call(await load("guarding.md", "Where signing in is optional"), "home", http),
  );
  expect(await (await fetch(url)).text()).toBe("Welcome");
  const known = await fetch(url, { headers: await bearer(sessions) });
  expect(await known.text()).toBe("Welcome back, ada");
});

test("roles, and a fresh sign-in", async () => {
  vi.stubGlobal("findAccount", async () => ({ role: "editor" }));
  const roles = await load("guarding.md", "Roles");
  const withRoles = sessionsOf(call(roles, "create", memory(), secret));
  const { tokens } = await withRoles.start(ada);
  const principal = await withRoles.verify(tokens.accessToken.token);
  call(roles, "requireRole", principal, "editor");
  expect(() => call(roles, "requireRole", principal, "admin")).toThrow(
    expect.objectContaining({ code: "user_type_forbidden" }),
  );

  const { sessions, http } = open();
  const guide = await load("guarding.md", "Ask for a fresh sign-in");
  const remove = requesterOf(call(guide, "account", rollcall(http)));
  const request = { method: "DELETE", headers: await bearer(sessions) };
  expect((await remove("/account", request)).status).toBe(200);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6 * 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const late = await remove("/account", request);
  expect([late.status, await late.json()]).toMatchObject([403, { required: { maxAge: 300 } }]);
});

test("why somebody was signed out", async () => {
  const { sessions } = open();
  const guide = await load("guarding.md", "Why somebody was signed out");
  const explained = async (reason?: string): Promise<unknown> => {
    const { session, tokens } = await sessions.start(ada);
    const actor = { kind: "user" } as const;
    await sessions.revoke(ada, session.id, { ...(reason && { reason }), actor });
    const error = await sessions
      .verify(tokens.accessToken.token)
      .catch((refused: unknown) => refused);
    return call(guide, "explain", error);
  };
  expect(await explained()).toBe("Signed out from another device.");
  expect(await explained("password_changed")).toMatch(/^The password was changed/);
  expect(call(guide, "explain", new SessionError("credential_missing"))).toBe("Please sign in.");
});

test("a stream ends with its session", async () => {
  const { sessions } = open();
  const { session, tokens } = await sessions.start(ada);
  const principal = await sessions.verify(tokens.accessToken.token);
  const answer = await answerOf(
    await load("guarding.md", "Sockets and streams"),
    "ticker",
    principal,
  );
  const ended = answer.text();
  await sessions.revoke(ada, session.id);
  await ended;
});

test("CORS of one's own routes and of Rollcall's", async () => {
  const request = requesterOf(
    call(await load("cors.md", "Your own routes"), "createApp", open().http),
  );
  const Origin = "http://localhost:5173";
  for (const path of ["/orders", "/account/sessions"]) {
    for (const method of ["GET", "OPTIONS"]) {
      const headers = { Origin, "Access-Control-Request-Method": "GET" };
      const answer = await request(path, { method, headers });
      expect(answer.status, path).toBe(method === "GET" ? 401 : 204);
      expect(answer.headers.get("access-control-allow-origin"), path).toBe(Origin);
      expect(answer.headers.get("access-control-allow-credentials"), path).toBe("true");
    }
  }
  const here = call(await load("cors.md", "Rollcall's own routes"), "create", open().sessions);
  expect(here).toHaveProperty("paths");
});

test("testing with tokens, with cookies, with a clock, and without a database", async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  onTestFinished(() => void vi.restoreAllMocks());
  const app = await load("testing.md", "Make the application in a function");
  const { sessions: opened } = open();
  const url = await serve(call(app, "createApp", opened, origin));
  expect(await (await fetch(`${url}/me`, { headers: await bearer(opened) })).json()).toEqual(ada);
  const signedIn = await load("testing.md", "As a signed-in user");
  expect(signedIn).toMatchObject({ answer: { status: 200 } });
  await load("testing.md", "Time");

  const guide = await load("testing.md", "Cookies without HTTPS");
  const insecure = call(guide, "create", open().sessions);
  const headers = { Origin: "http://localhost:3000" };
  const request = new Request("http://localhost:3000/sign-in", { method: "POST", headers });
  if (!isHttp(insecure)) expect.unreachable("it is no Http");
  const answer = await insecure.signIn(request, ada, { transport: "cookie" });
  expect(answer.headers.getSetCookie().join()).not.toContain("Secure");

  const away = await load("testing.md", "When the database is away");
  const sessions = sessionsOf(Reflect.get(away, "sessions"));
  const { tokens } = await sessions.start(ada);
  await expect(sessions.refresh(tokens.refreshToken.token)).rejects.toMatchObject({ status: 503 });
});
