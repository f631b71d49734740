import type { SessionStore } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, eventOf, refusal, user } from "../support/sessions.js";
import { type App, type CallOptions, ORIGIN, openApp } from "./app.js";
import { browserOf } from "./device-browser.js";
import { documentOf } from "./openapi-document.js";

const DAY = 86_400_000;
const html = { headers: { Accept: "text/html,application/xhtml+xml" } };

function opened(options: Parameters<typeof openApp>[0] = {}, store: SessionStore = memory()): App {
  return openApp({ cookies: true, origin: ORIGIN, disavow: true, ...options }, { store });
}

/** The path of a link, which must be one of this application. */
function pathOf(app: App, id: string): string {
  const link = app.http.disavowLink(id);
  expect(link.startsWith(`${ORIGIN}/`)).toBe(true);
  return link.slice(ORIGIN.length);
}

/** Two browsers of a user; the second one is not theirs. */
async function intruded(app: App) {
  const [owner, thief] = [browserOf(app), browserOf(app)];
  const own = await owner.signIn(user);
  app.clock.advance(1000);
  const theirs = await thief.signIn(user);
  app.clock.advance(1000);
  return { owner, thief, own, theirs, path: pathOf(app, theirs.id) };
}

test("POST ends the session and the younger ones of its device, and the events say so", async () => {
  const app = opened();
  const { owner, thief, own, theirs, path } = await intruded(app);
  // They sign out and in again, so that the session of the mail is over.
  await thief.signOut();
  const younger = await thief.signIn(user);
  const told = eventOf(app.sessions, "session.revoked");
  const answer = await app.call("POST", path);
  expect([answer.status, answer.json]).toEqual([
    200,
    { message: "That device is signed out", revoked: 1 },
  ]);
  expect(await told).toMatchObject({
    sessionId: younger.id,
    reason: "disavowed",
    actor: { kind: "user" },
  });
  const [listed] = (await app.sessions.list(user)).sessions;
  expect(listed?.id).toBe(own.id);
  expect((await app.sessions.get(user, theirs.id))?.revokedReason).toBe("logout");
  const statuses = await Promise.all(
    [owner, thief].map(async (browser) => {
      const { status } = await app.call("GET", "/account/sessions", { headers: browser.headers() });
      return status;
    }),
  );
  expect(statuses).toEqual([200, 401]);
  // The device is told of again, also with the cookie that it still has.
  const again = eventOf(app.sessions, "device.first_seen");
  await thief.signIn(user);
  expect((await again).deviceId).toBe(theirs.deviceId);
});

test("attack: a mail scanner's GET or HEAD shows a page, and asks and ends nothing", async () => {
  const { store, counts } = counting(memory());
  const app = opened({}, store);
  const { theirs, path } = await intruded(app);
  counts.clear();
  for (const [method, options] of [
    ["GET", html],
    ["GET", {}],
    ["HEAD", html],
    ["GET", { headers: { "Sec-Purpose": "prefetch" } }],
  ] as const) {
    const answer = await app.call(method, path, options);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  expect([...counts.keys()]).toEqual([]);
  expect((await app.sessions.get(user, theirs.id))?.revokedAt).toBeNull();
  const prefetched = await app.call("POST", path, { headers: { Purpose: "prefetch" } });
  expect([prefetched.status, prefetched.json]).toMatchObject([403, { errorCode: "EC007" }]);
  expect((await app.sessions.get(user, theirs.id))?.revokedAt).toBeNull();
});

test("the page's own form does it, and the page after it says so", async () => {
  const app = opened();
  const { theirs, path } = await intruded(app);
  const page = await app.call("GET", path, html);
  const [, action = ""] = /<form method="post" action="([^"]+)">/.exec(page.text) ?? [];
  expect(action).toBe(path);
  const form = {
    headers: { ...html.headers, "Content-Type": "application/x-www-form-urlencoded" },
  };
  const done = await app.call("POST", action, form);
  expect([done.status, done.headers.get("content-type")]).toEqual([
    200,
    "text/html; charset=utf-8",
  ]);
  expect(done.text).toContain("That device is signed out");
  expect((await app.sessions.get(user, theirs.id))?.revokedReason).toBe("disavowed");
  expect((await app.call("POST", action, form)).text).toContain("It was signed out already");
});

test("attack: a replayed link ends nothing, also not who signed in there since", async () => {
  const app = opened();
  const { thief, path } = await intruded(app);
  expect((await app.call("POST", path)).json).toMatchObject({ revoked: 1 });
  app.clock.advance(1);
  const since = await thief.signIn(user);
  for (const _ of [1, 2]) {
    expect((await app.call("POST", path)).json).toMatchObject({ revoked: 0 });
  }
  expect((await app.sessions.get(user, since.id))?.revokedAt).toBeNull();
});

test("attack: a link that is forged, expired or of another kind is a 400, and asks no database", async () => {
  const { store, counts } = counting(memory());
  const app = opened({}, store);
  const { owner, own, theirs, path } = await intruded(app);
  const [, token = ""] = path.split("token=");
  const elsewhere = openApp({}, { secret: "another secret of another server" });
  const forged = [
    "",
    theirs.id,
    token.replace(theirs.id, own.id),
    token.replace(/\.\d+\./, (expiry) => `.${Number(expiry.slice(1, -1)) + 1}.`),
    token.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    elsewhere.sessions.devices.disavowalToken(theirs.id),
    app.sessions.devices.sign(theirs.id).token,
    owner.jar.cookies.get("__Host-rollcall-rt") ?? "",
    "x".repeat(5000),
  ];
  counts.clear();
  const refused = async (given: string, options: CallOptions = {}) => {
    const query = `/auth/disavow?token=${encodeURIComponent(given)}`;
    for (const method of ["GET", "POST"]) {
      const answer = await app.call(method, query, options);
      expect(answer.status, given).toBe(400);
      if (given !== "") expect(answer.text).not.toContain(given);
      if (options === html) expect(answer.text).toContain("This link is no longer good");
      else expect(answer.json).toMatchObject({ errorCode: "EC008" });
    }
  };
  for (const one of forged) await refused(one);
  await refused(forged[2] ?? "", html);
  expect((await app.call("POST", "/auth/disavow")).status).toBe(400);
  app.clock.advance(7 * DAY - 2);
  expect((await app.call("GET", path)).status).toBe(200);
  app.clock.advance(2);
  await refused(token, html);
  await refused(token);
  expect([...counts.keys()].filter((name) => !/changes|touch|confirm/.test(name))).toEqual([]);
  expect((await refusal(app.sessions.devices.disavow(token))).code).toBe("malformed_request");
});

test("attack: a link of one user does nothing to another on the same device", async () => {
  const app = opened();
  const shared = browserOf(app);
  const grace = { type: "user", id: "grace" };
  const hers = await shared.signIn(grace);
  const mine = await app.sessions.start(user, { deviceId: hers.deviceId ?? "" });
  const staff = await app.sessions.start(
    { type: "staff", id: "grace" },
    { deviceId: hers.deviceId ?? "" },
  );
  expect((await app.call("POST", pathOf(app, hers.id))).json).toMatchObject({ revoked: 1 });
  expect((await app.sessions.get(user, mine.session.id))?.revokedAt).toBeNull();
  expect((await app.sessions.get(staff.session.user, staff.session.id))?.revokedAt).toBeNull();
});

test("attack: neither cookies nor another session make a link do more", async () => {
  const app = opened();
  const { owner, own, path } = await intruded(app);
  const headers = { ...owner.headers(), "Sec-Fetch-Site": "cross-site" };
  expect((await app.call("POST", path, { headers })).json).toMatchObject({ revoked: 1 });
  expect((await app.sessions.get(user, own.id))?.revokedAt).toBeNull();
});

test("a page of the application's own gets the token, and is told how many were ended", async () => {
  const app = opened({ disavow: { page: "/not-me" } });
  const { theirs, path } = await intruded(app);
  expect(path).toMatch(/^\/not-me\?token=nm1\.[\w.-]+$/);
  const action = path.replace("/not-me", "/auth/disavow");
  const done = await app.call("POST", action, html);
  expect([done.status, done.headers.get("location")]).toEqual([303, "/not-me?revoked=1"]);
  expect((await app.sessions.get(user, theirs.id))?.revokedReason).toBe("disavowed");
  expect((await app.call("POST", action)).json).toMatchObject({ revoked: 0 });
});

test("a link of a session that is gone or erased ends nothing", async () => {
  const app = opened();
  const { path } = await intruded(app);
  await app.sessions.erase(user);
  expect((await app.call("POST", path)).json).toMatchObject({ revoked: 0 });
  app.clock.advance(6 * DAY);
  await app.sessions.purge({ olderThan: "1s" });
  expect((await app.call("POST", path)).json).toMatchObject({ revoked: 0 });
});

test("while the database is away it says so, and the link works later", async () => {
  const inner = memory();
  const state = { away: false };
  const store: SessionStore = {
    ...inner,
    async disavow(...input) {
      if (state.away) throw new Error("away");
      return inner.disavow(...input);
    },
  };
  const app = opened({}, store);
  const { path } = await intruded(app);
  state.away = true;
  const page = await app.call("POST", path, html);
  expect([page.status, page.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(page.text).toContain("That did not work");
  const answer = await app.call("POST", path);
  expect([answer.status, answer.json]).toMatchObject([503, { errorCode: "EC005" }]);
  state.away = false;
  expect((await app.call("POST", path)).json).toMatchObject({ revoked: 1 });
});

test("the OpenAPI document has both routes as they answer, and neither where they are off", async () => {
  const app = opened();
  const { path } = await intruded(app);
  const check = documentOf(app.http);
  expect(check.described.filter((one) => one.includes("disavow"))).toEqual([
    ...["200", "400", "405", "500"].map((status) => `GET /auth/disavow ${status}`),
    ...["200", "400", "403", "405", "500", "503"].map((status) => `POST /auth/disavow ${status}`),
  ]);
  for (const [method, at, options, status] of [
    ["GET", path, {}, 200],
    ["GET", "/auth/disavow?token=x", {}, 400],
    ["POST", path, {}, 200],
    ["POST", "/auth/disavow?token=x", {}, 400],
    ["POST", path, { headers: { Purpose: "prefetch" } }, 403],
  ] as const) {
    const answer = await app.call(method, at, options);
    expect(answer.status).toBe(status);
    expect(check.breaks(`${method} /auth/disavow`, answer)).toBeNull();
  }
  const off = openApp({ cookies: true, origin: ORIGIN });
  expect(documentOf(off.http).described.join()).not.toContain("disavow");
  expect((await off.call("POST", path)).status).toBe(404);
  expect(() => off.http.disavowLink(path)).toThrow(/^disavowLink needs/);
  expect(() => app.http.disavowLink("x")).toThrow(/^sessionId must/);
});
