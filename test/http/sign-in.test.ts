import { expect, test } from "vitest";
import { memory } from "../../src/stores/memory/index.js";
import { user } from "../support/sessions.js";
import { cookieJar, ORIGIN, openApp, request } from "./app.js";

const other = { type: "user", id: "grace" };
const same = { "Sec-Fetch-Site": "same-origin" };
const cookie = { transport: "cookie" } as const;

/** Signs in as an application does, on top of the cookies that the browser has. */
async function signInAgain(
  app: ReturnType<typeof openApp>,
  jar: ReturnType<typeof cookieJar>,
  who = user,
): Promise<void> {
  const login = request("POST", "/login", { headers: { ...same, ...jar.header() } });
  const { body, headers } = await app.http.signIn(login, who, cookie);
  jar.take(app.http.finish(login, Response.json(body, { headers })));
}

test("a sign-in over dead cookies leaves the new ones, not an order to clear them", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const jar = cookieJar();
  await signInAgain(app, jar);
  await app.sessions.revokeAll(user);
  await signInAgain(app, jar);
  expect(jar.cookies.size).toBe(2);
  const listed = await app.call("GET", "/account/sessions", { headers: jar.header() });
  expect(listed.status).toBe(200);
});

test("a sign-in over another user's cookies replaces nothing of theirs", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const jar = cookieJar();
  await signInAgain(app, jar);
  await signInAgain(app, jar, other);
  expect((await app.sessions.list(user)).sessions).toHaveLength(1);
  expect((await app.sessions.list(other)).sessions).toHaveLength(1);
});

test("a bearer sign-in replaces the session of its bearer token, and sets no cookie", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const old = await app.signIn(user);
  const login = request("POST", "/login", { token: old.accessToken.token });
  const { session, body, headers } = await app.http.signIn(login, user);
  expect(headers.getSetCookie()).toEqual([]);
  expect(body).toHaveProperty("tokens");
  expect((await app.sessions.list(user)).sessions.map(({ id }) => id)).toEqual([session.id]);
});

test("a page of another site that brings cookies along replaces nothing", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const jar = cookieJar();
  await signInAgain(app, jar);
  const headers = { ...jar.header(), "Sec-Fetch-Site": "cross-site" };
  await app.http.signIn(request("POST", "/login", { headers }), user);
  expect((await app.sessions.list(user)).sessions).toHaveLength(2);
});

test("what the application says of the device and the session to replace wins", async () => {
  const app = openApp();
  const old = await app.sessions.start(user);
  const kept = await app.signIn(user);
  const login = request("POST", "/login", {
    token: kept.accessToken.token,
    headers: { "User-Agent": "curl/8.5.0" },
  });
  const device = { deviceId: "till-7" };
  const { session } = await app.http.signIn(login, user, { device, replaces: old.session.id });
  expect(session.deviceInfo).toEqual(device);
  expect((await app.sessions.get(user, old.session.id))?.revokedReason).toBe("replaced");
  expect((await app.sessions.verify(kept.accessToken.token)).user).toEqual(user);
});

test("the cookie transport where there are none is the developer's mistake", async () => {
  const { http } = openApp();
  const login = request("POST", "/login", { headers: same });
  await expect(http.signIn(login, user, cookie)).rejects.toThrow(/^transport "cookie" needs/);
});

test("a sign-in while the database is away fails, and clears nothing", async () => {
  const inner = memory();
  const state = { away: false };
  const store = {
    ...inner,
    async find(...args: Parameters<typeof inner.find>) {
      if (state.away) throw new Error("down");
      return await inner.find(...args);
    },
    async create(...args: Parameters<typeof inner.create>) {
      if (state.away) throw new Error("down");
      return await inner.create(...args);
    },
  };
  const app = openApp({ cookies: true, origin: ORIGIN }, { store });
  const jar = cookieJar();
  await signInAgain(app, jar);
  app.clock.advance(600_000);
  state.away = true;
  const login = request("POST", "/login", { headers: { ...same, ...jar.header() } });
  const error: unknown = await app.http.signIn(login, user, cookie).catch((thrown) => thrown);
  const answer = app.http.finish(login, app.http.errorResponse(error));
  expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
});
