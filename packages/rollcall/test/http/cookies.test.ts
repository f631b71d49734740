import { createHttp, insecureDevelopmentCookies } from "rollcall/http";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { open, user } from "../support/sessions.js";
import { type App, answerOf, cookieJar, ORIGIN, openApp, request } from "./app.js";

const AT = "__Host-rollcall-at";
const RT = "__Host-rollcall-rt";
const same = { "Sec-Fetch-Site": "same-origin" };

type Jar = ReturnType<typeof cookieJar>;

async function browser(options: Parameters<typeof openApp> = []): Promise<App & { jar: Jar }> {
  const app = openApp({ cookies: true, origin: ORIGIN, ...options[0] }, options[1]);
  const jar = cookieJar();
  const login = request("POST", "/login", { headers: same });
  const { headers } = await app.http.signIn(login, user, { transport: "cookie" });
  jar.take({ headers });
  return { ...app, jar };
}

test("sign-in with cookies: no token in the body, three __Host- cookies", async () => {
  const { http } = openApp({ cookies: true, origin: ORIGIN });
  const login = request("POST", "/login", { headers: same });
  const { body, headers } = await http.signIn(login, user, { transport: "cookie" });
  expect(JSON.parse(JSON.stringify(body))).toEqual({
    accessExpiresAt: "2026-01-01T00:10:00.000Z",
    accessExpiresIn: 600,
    refreshExpiresAt: "2026-01-08T00:00:00.000Z",
  });
  expect(headers.get("cache-control")).toBe("no-store");
  const [access, refresh, device] = headers.getSetCookie();
  expect(device).toMatch(
    /^__Host-rollcall-device=dv1[\w.-]+; Max-Age=34560000; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
  expect(access).toMatch(
    /^__Host-rollcall-at=ey[\w.-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
  expect(refresh).toMatch(
    /^__Host-rollcall-rt=rt1[\w.-]+; Max-Age=2592000; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
});

test("not persistent: the cookies end with the browser", async () => {
  const { http } = openApp({ cookies: true, origin: ORIGIN });
  const login = request("POST", "/login", { headers: same });
  const options = { transport: "cookie", persistent: false } as const;
  const { headers } = await http.signIn(login, user, options);
  const [access, refresh, device] = headers.getSetCookie();
  expect(`${access} ${refresh}`).not.toContain("Max-Age");
  // The next sign-in on it is not one on a new device.
  expect(device).toMatch(/^__Host-rollcall-device=dv1[\w.-]+; Max-Age=34560000;/);
  const jar = cookieJar();
  jar.take({ headers });
  const refreshed = await http.fetch(
    request("POST", "/auth/refresh", { headers: { ...same, ...jar.header() } }),
  );
  expect(refreshed.headers.getSetCookie()).toHaveLength(2);
  expect(refreshed.headers.getSetCookie().join()).not.toContain("Max-Age");
});

test("one browser is one entry: a new sign-in replaces the session that the request proves", async () => {
  const { http, sessions, jar } = await browser();
  const login = request("POST", "/login", { headers: { ...same, ...jar.header() } });
  await http.signIn(login, user, { transport: "cookie" });
  const { sessions: listed } = await sessions.list(user);
  expect(listed).toHaveLength(1);
});

test("POST /auth/refresh by cookie: cookies set, ends in the body, never a token", async () => {
  const { call, jar, clock } = await browser();
  clock.advance(60_000);
  const before = jar.cookies.get(RT);
  const answer = await call("POST", "/auth/refresh", { headers: { ...same, ...jar.header() } });
  expect(answer.json).toEqual({
    accessExpiresAt: "2026-01-01T00:11:00.000Z",
    accessExpiresIn: 600,
    refreshExpiresAt: "2026-01-08T00:01:00.000Z",
  });
  jar.take(answer);
  expect(jar.cookies.get(RT)).not.toBe(before);
  expect(answer.text).not.toContain(jar.cookies.get(RT)?.slice(-20));
});

test("the guard refreshes in passing, and what it sets is never stored", async () => {
  const { http, jar, clock } = await browser();
  const page = http.guard(
    () => new Response("<p>hello</p>", { headers: { "Cache-Control": "public, max-age=60" } }),
  );
  const visit = async (): Promise<Response> =>
    await page(request("GET", "/page", { headers: jar.header() }));
  const quiet = await visit();
  expect(quiet.headers.getSetCookie()).toEqual([]);
  expect(quiet.headers.get("cache-control")).toBe("public, max-age=60");
  clock.advance(600_000);
  const answer = await visit();
  expect([answer.status, await answer.text()]).toEqual([200, "<p>hello</p>"]);
  expect(answer.headers.getSetCookie()).toHaveLength(2);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  // Two tabs at once: the same pair for both.
  const twice = await Promise.all([visit(), visit()]);
  const refreshCookies = twice.map(({ headers }) => headers.getSetCookie()[1]);
  expect(new Set(refreshCookies).size).toBe(1);
  jar.take(answer);
  expect((await visit()).headers.getSetCookie()).toEqual([]);
});

test("an answer later than retryWindow leaves the cookies out", async () => {
  const { http, jar, clock } = await browser();
  clock.advance(600_000);
  const slow = http.guard(() => {
    clock.advance(30_000);
    return new Response("late");
  });
  const answer = await slow(request("GET", "/page", { headers: jar.header() }));
  expect(answer.status).toBe(200);
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("a pair set in passing counts as unused until the client sends it", async () => {
  const { http, jar, clock, sessions } = await browser();
  clock.advance(600_000);
  const page = http.guard((_request, principal) => Response.json(principal.generation));
  await page(request("GET", "/page", { headers: jar.header() }));
  // The answer was lost; an hour later the old pair is honoured, one generation further.
  clock.advance(3_600_000);
  const answer = await page(request("GET", "/page", { headers: jar.header() }));
  expect(await answer.json()).toBe(3);
  expect((await sessions.list(user)).sessions).toHaveLength(1);
});

test("read-only: proven by one read, without rotating and without cookies", async () => {
  const { http, jar, clock } = await browser();
  clock.advance(600_000);
  const page = http.guard((_request, { generation }) => Response.json({ generation }), {
    readOnly: true,
  });
  for (let i = 0; i < 3; i++) {
    const answer = await page(request("GET", "/page", { headers: jar.header() }));
    expect(await answer.json()).toEqual({ generation: 1 });
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
});

test("with Authorization cookies are ignored, also when it is bad", async () => {
  const { call, jar } = await browser();
  const good = await call("GET", "/account/sessions", { headers: jar.header() });
  expect(good.status).toBe(200);
  for (const Authorization of ["Bearer x.y.z", "Basic YTpi", "Bearer"]) {
    const headers = { ...jar.header(), Authorization };
    const bad = await call("GET", "/account/sessions", { headers });
    expect([bad.status, bad.headers.getSetCookie()]).toEqual([401, []]);
    const refresh = await call("POST", "/auth/refresh", { headers: { ...headers, ...same } });
    expect([refresh.status, refresh.headers.getSetCookie()]).toEqual([401, []]);
  }
});

test("cookies without the option count for nothing", async () => {
  const { jar } = await browser();
  const { call } = openApp();
  const answer = await call("GET", "/account/sessions", { headers: jar.header() });
  expect(answer.json).toMatchObject({ errorCode: "EC001" });
});

test("ending one's own session, by whatever route, clears the cookies", async () => {
  for (const end of ["logout", "own", "all", "everywhere"] as const) {
    const { call, jar, sessions } = await browser();
    const [mine] = (await sessions.list(user)).sessions;
    const [method, path] = {
      logout: ["POST", "/auth/logout"],
      own: ["DELETE", `/account/sessions/${mine?.id}`],
      all: ["DELETE", "/account/sessions?scope=all"],
      everywhere: ["POST", "/account/logout-everywhere"],
    }[end] as [string, string];
    const answer = await call(method, path, { headers: { ...same, ...jar.header() } });
    expect(answer.status, end).toBe(200);
    expect(answer.headers.getSetCookie(), end).toEqual([
      `${AT}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`,
      `${RT}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`,
    ]);
  }
});

test("dead credentials clear the cookies with their 401; a 503 never does", async () => {
  const inner = memory();
  const state = { away: false };
  const store = {
    ...inner,
    async rotate(...args: Parameters<typeof inner.rotate>) {
      if (state.away) throw new Error("down");
      return await inner.rotate(...args);
    },
  };
  const { call, jar, sessions, clock } = await browser([{}, { store }]);
  const headers = { ...same, ...jar.header() };
  clock.advance(600_000);
  state.away = true;
  for (const [method, path] of [
    ["GET", "/account/sessions"],
    ["POST", "/auth/refresh"],
  ] as const) {
    const answer = await call(method, path, { headers });
    expect([answer.status, answer.headers.getSetCookie()], path).toEqual([503, []]);
  }
  state.away = false;
  await sessions.revokeAll(user);
  for (const [method, path] of [
    ["GET", "/account/sessions"],
    ["POST", "/auth/refresh"],
  ] as const) {
    const answer = await call(method, path, { headers });
    expect([answer.status, answer.headers.getSetCookie().length], path).toEqual([401, 2]);
  }
});

test("cross-site: state changes need proof of where they come from", async () => {
  const { call, jar, sessions } = await browser([{ origins: ["https://admin.example"] }]);
  const asked = async (extra: Record<string, string>, method = "DELETE"): Promise<number> => {
    const headers = { ...jar.header(), ...extra };
    return (await call(method, "/account/sessions", { headers })).status;
  };
  for (const refused of [
    {},
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { "Sec-Fetch-Site": "none" },
    { Origin: "null" },
    { Origin: "https://evil.example" },
    { Origin: "https://app.example.evil.example" },
    { Origin: "http://app.example" },
    { Host: "evil.example", Origin: "https://evil.example" },
    { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" },
  ]) {
    expect(await asked(refused), JSON.stringify(refused)).toBe(403);
  }
  for (const allowed of [
    same,
    { Origin: ORIGIN },
    { Origin: "https://admin.example", "Sec-Fetch-Site": "cross-site" },
  ]) {
    expect(await asked(allowed), JSON.stringify(allowed)).toBe(200);
  }
  // Reading changes nothing.
  expect(await asked({ "Sec-Fetch-Site": "cross-site" }, "GET")).toBe(200);
  expect((await sessions.list(user)).sessions).toHaveLength(1);
});

test("cross-site: refused before any refresh, and bearer tokens need no such proof", async () => {
  const { call, jar, clock, sessions, signIn } = await browser();
  clock.advance(600_000);
  const refused = await call("POST", "/account/logout-everywhere", {
    headers: { ...jar.header(), "Sec-Fetch-Site": "cross-site" },
  });
  expect(refused.json).toEqual({ error: "Cross-site request refused", errorCode: "EC007" });
  for (const path of ["/auth/refresh", "/auth/logout"]) {
    expect((await call("POST", path, { headers: jar.header() })).status).toBe(403);
  }
  const principal = await sessions.verifyRefreshToken(jar.cookies.get(RT) ?? "");
  expect(principal.generation).toBe(1);
  const token = (await signIn(user)).accessToken.token;
  expect((await call("POST", "/account/logout-everywhere", { token })).status).toBe(200);
});

test("sign-in with cookies from another site is refused", async () => {
  const { http } = openApp({ cookies: true, origin: ORIGIN });
  const login = request("POST", "/login", { headers: { "Sec-Fetch-Site": "cross-site" } });
  await expect(http.signIn(login, user, { transport: "cookie" })).rejects.toMatchObject({
    code: "cross_site",
  });
});

test("CORS: exact origins with credentials, and preflights", async () => {
  const { call } = await browser([{ origins: ["https://admin.example"] }]);
  const ask = async (Origin: string): Promise<Headers> =>
    (
      await call("OPTIONS", "/account/sessions", {
        headers: { Origin, "Access-Control-Request-Method": "DELETE" },
      })
    ).headers;
  const allowed = await ask("https://admin.example");
  expect(allowed.get("access-control-allow-origin")).toBe("https://admin.example");
  expect(allowed.get("access-control-allow-credentials")).toBe("true");
  expect(allowed.get("access-control-allow-methods")).toContain("DELETE");
  expect(allowed.get("vary")).toContain("Origin");
  const refused = await ask("https://evil.example");
  expect(refused.get("access-control-allow-origin")).toBeNull();
  expect(refused.get("vary")).toContain("Origin");
});

test("options are checked by name", () => {
  const { sessions } = open();
  const make = (options: object): unknown => createHttp({ sessions, ...options });
  expect(() => make({ cookies: true })).toThrow(/^origin is required/);
  expect(() => make({ origin: "https://app.example/" })).toThrow(/^origin must be exact/);
  expect(() => make({ origins: ["*"] })).toThrow(/^origins must be exact/);
  expect(() => make({ trustedProxies: -1 })).toThrow(/^trustedProxies/);
  expect(() => make({ paths: { account: "account/" } })).toThrow(/^paths\.account/);
  expect(() => make({ sessions: {} })).toThrow(/^sessions must be/);
  const insecure = { cookies: { [insecureDevelopmentCookies]: true } };
  expect(() => make({ ...insecure, origin: ORIGIN })).toThrow(/loopback/);
  expect(() => make({ ...insecure, origin: "http://localhost:3000" })).not.toThrow();
  for (const prefix of ["", "a b", "a=b", "a;", "ä", "__Secure-x", "x".repeat(65), 7, null]) {
    const options = { cookies: { prefix }, origin: ORIGIN };
    expect(() => make(options), String(prefix)).toThrow(/^cookies\.prefix must be/);
  }
  expect(() => make({ cookies: "yes", origin: ORIGIN })).toThrow(/^cookies must be/);
});

test("insecure development cookies bear no prefix and no Secure", async () => {
  const { sessions } = open();
  const origin = "http://localhost:3000";
  const cookies = { [insecureDevelopmentCookies]: true };
  const http = createHttp({ sessions, origin, cookies });
  const login = new Request(`${origin}/login`, { method: "POST", headers: { Origin: origin } });
  const { headers } = await http.signIn(login, user, { transport: "cookie" });
  const jar = cookieJar();
  jar.take({ headers });
  expect([...jar.cookies.keys()]).toEqual(["rollcall-at", "rollcall-rt", "rollcall-device"]);
  expect(headers.getSetCookie().join()).not.toContain("Secure");
  const listed = new Request(`${origin}/account/sessions`, { headers: jar.header() });
  expect((await answerOf(await http.fetch(listed))).status).toBe(200);
});
