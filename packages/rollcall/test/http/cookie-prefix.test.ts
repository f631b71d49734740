import { insecureDevelopmentCookies } from "rollcall/http";
import { verifyWithoutRevocation } from "rollcall/next/edge";
import { expect, test } from "vitest";
import { systemClock } from "../../src/core/process/clock.js";
import { secret, user } from "../support/sessions.js";
import { type App, cookieJar, openApp, request } from "./app.js";

// Two applications of one host name share its cookies, whatever their ports.

const SAME = { "Sec-Fetch-Site": "same-origin" };

type Cookies = Parameters<typeof openApp>[0];

const openTwo = (first: Cookies, second: Cookies): [App, App] => [
  openApp({ origin: "http://localhost:3001", ...first }, { secret: "1".repeat(32) }),
  openApp({ origin: "http://localhost:3002", ...second }, { secret: "2".repeat(32) }),
];

async function signIn({ http }: App, jar: ReturnType<typeof cookieJar>): Promise<void> {
  const login = request("POST", "/login", { headers: { ...SAME, ...jar.header() } });
  jar.take(await http.signIn(login, user, { transport: "cookie" }));
}

test("with a prefix each, both stay signed in", async () => {
  for (const insecure of [{}, { [insecureDevelopmentCookies]: true }]) {
    const apps = openTwo(
      { cookies: { prefix: "shop", ...insecure } },
      { cookies: { prefix: "admin", ...insecure } },
    );
    const jar = cookieJar();
    for (const app of apps) await signIn(app, jar);
    const host = insecureDevelopmentCookies in insecure ? "" : "__Host-";
    const names = ["shop", "admin"].flatMap((prefix) =>
      ["at", "rt", "device"].map((name) => `${host}${prefix}-${name}`),
    );
    expect([...jar.cookies.keys()]).toEqual(names);
    for (const { call } of apps) {
      const headers = { ...SAME, ...jar.header() };
      const listed = await call("GET", "/account/sessions", { headers });
      expect([listed.status, listed.headers.getSetCookie()]).toEqual([200, []]);
      const refreshed = await call("POST", "/auth/refresh", { headers });
      expect(refreshed.status).toBe(200);
      jar.take(refreshed);
    }
    const [shop, admin] = apps;
    const headers = { ...SAME, ...jar.header() };
    jar.take(await shop.call("POST", "/auth/logout", { headers }));
    expect([...jar.cookies.keys()]).toEqual(names.slice(2));
    const kept = await admin.call("GET", "/account/sessions", { headers: jar.header() });
    expect(kept.status).toBe(200);
  }
});

test("another's cookies under our names are not cleared by viewing, whichever of them come", async () => {
  const [mine, theirs] = openTwo({ cookies: true }, { cookies: true });
  const jar = cookieJar();
  await signIn(theirs, jar);
  const cookies = [...jar.cookies].map(([name, value]) => `${name}=${value}`);
  for (const Cookie of [cookies.join("; "), cookies[0] ?? "", cookies[1] ?? ""]) {
    const headers = { ...SAME, Cookie };
    for (const [method, path] of [
      ["GET", "/account/sessions"],
      ["GET", "/account/sessions/events"],
      ["DELETE", "/account/sessions"],
      ["POST", "/auth/refresh"],
    ] as const) {
      const answer = await mine.call(method, path, { headers });
      expect([answer.status, answer.headers.getSetCookie()], path).toEqual([401, []]);
    }
    const guarded = await mine.http.guard(() => new Response())(
      request("GET", "/page", { headers }),
    );
    expect([guarded.status, guarded.headers.getSetCookie()]).toEqual([401, []]);
  }
  const still = await theirs.call("GET", "/account/sessions", { headers: jar.header() });
  expect(still.status).toBe(200);
});

test("ours that are dead still go, each by itself too", async () => {
  const [mine] = openTwo({ cookies: true }, {});
  const jar = cookieJar();
  await signIn(mine, jar);
  const cookies = [...jar.cookies].map(([name, value]) => `${name}=${value}`);
  await mine.sessions.revokeAll(user);
  for (const Cookie of [cookies.join("; "), cookies[0] ?? "", cookies[1] ?? ""]) {
    const answer = await mine.call("GET", "/account/sessions", { headers: { Cookie } });
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([401, 2]);
  }
  mine.clock.advance(8 * 86_400_000);
  const expired = await mine.call("GET", "/account/sessions", {
    headers: { Cookie: cookies[0] ?? "" },
  });
  expect([expired.status, expired.headers.getSetCookie().length]).toEqual([401, 2]);
});

test("verifyWithoutRevocation reads the cookies of that prefix", async () => {
  const { sessions } = openApp({}, { clock: systemClock });
  const { accessToken } = (await sessions.start(user)).tokens;
  const ask = (prefix: string): Promise<unknown> =>
    verifyWithoutRevocation(
      request("GET", "/", { headers: { Cookie: `__Host-shop-at=${accessToken.token}` } }),
      { secret, cookies: { prefix } },
    );
  expect(await ask("shop")).toMatchObject({ user });
  expect(await ask("rollcall")).toBeNull();
  await expect(ask("__x")).rejects.toThrow(/^cookies\.prefix/);
});
