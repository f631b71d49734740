import type { SessionEvent, Sessions } from "rollcall";
import { insecureDevelopmentCookies } from "rollcall/http";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, user } from "../support/sessions.js";
import { type App, type cookieJar, ORIGIN, openApp, request } from "./app.js";
import { browserOf, DEVICE, deviceOf } from "./device-browser.js";

const grace = { type: "user", id: "grace" };

function opened(...[options, sessionsOptions]: Parameters<typeof openApp>): App {
  return openApp({ cookies: true, origin: ORIGIN, ...options }, sessionsOptions);
}

/** Everything that is told from now on. */
function told(sessions: Sessions): SessionEvent[] {
  const events: SessionEvent[] = [];
  sessions.on("*", (event) => events.push(event));
  return events;
}

const newDevices = (events: readonly SessionEvent[]) =>
  events.flatMap((event) => (event.type === "device.first_seen" ? [event.deviceId] : []));

test("a browser keeps its device over sign-outs, and the name of it", async () => {
  const app = opened();
  const browser = browserOf(app);
  const first = await browser.signIn(user);
  const named = await app.call("PATCH", `/account/sessions/${first.id}`, {
    headers: browser.headers(),
    body: { name: "Laptop" },
  });
  expect(named.json).toMatchObject({ session: { name: "Laptop", deviceId: first.deviceId } });
  await browser.signOut();
  expect([...browser.jar.cookies.keys()]).toEqual([DEVICE]);
  const again = await browser.signIn(user);
  expect([again.deviceId, again.name]).toEqual([first.deviceId, "Laptop"]);
  expect(again.id).not.toBe(first.id);
  const other = await browserOf(app).signIn(user);
  expect([other.deviceId === first.deviceId, other.name]).toEqual([false, null]);
});

test("device.first_seen: not the first browser, not one that is known, once for each other", async () => {
  const app = opened();
  const [one, two] = [browserOf(app), browserOf(app)];
  await one.signIn(user);
  const events = told(app.sessions);
  await one.signIn(user);
  const session = await two.signIn(user);
  await two.signIn(user);
  await expect.poll(() => newDevices(events)).toEqual([session.deviceId]);
  // What is known of one person says nothing about the next.
  await two.signIn(grace);
  const hers = await one.signIn(grace);
  await expect.poll(() => newDevices(events)).toEqual([session.deviceId, hers.deviceId]);
});

test("a sign-in costs the store one question, with a device as without", async () => {
  const { store, counts } = counting(memory());
  const app = opened({}, { store });
  await browserOf(app).signIn(user);
  expect(Object.fromEntries(counts)).toMatchObject({ create: 1 });
  expect(
    [...counts.keys()].filter((name) => !/configure|create|changes|subscribe/.test(name)),
  ).toEqual([]);
});

test("the device cookie is signed anew at each sign-in, by the key that signs then", async () => {
  const app = opened();
  const browser = browserOf(app);
  const { deviceId } = await browser.signIn(user);
  const before = browser.jar.cookies.get(DEVICE) ?? "";
  app.sessions.keys.add({ id: "next", secret: "fedcba9876543210fedcba9876543210" });
  expect((await browser.signIn(user)).deviceId).toBe(deviceId);
  const after = browser.jar.cookies.get(DEVICE) ?? "";
  expect([before.includes(".next."), after.includes(".next.")]).toEqual([false, true]);
});

test("a device of the application's own choice sets no cookie; neither does a bearer sign-in", async () => {
  const { http } = opened();
  const login = () => request("POST", "/login", { headers: { Origin: ORIGIN } });
  const chosen = await http.signIn(login(), user, { transport: "cookie", deviceId: "meter-17" });
  expect(chosen.session.deviceId).toBe("meter-17");
  expect(chosen.headers.getSetCookie().join()).not.toContain("device");
  const bearer = await http.signIn(login(), user);
  expect([bearer.session.deviceId, bearer.headers.getSetCookie()]).toEqual([null, []]);
  for (const deviceId of ["", "a\0", "\ud800", "x".repeat(256)]) {
    await expect(http.signIn(login(), user, { deviceId })).rejects.toThrow(/^deviceId must/);
  }
});

test("in the answer to another site's POST it is SameSite=None, but not where it cannot be Secure", async () => {
  const callback = async (app: App, jar?: ReturnType<typeof cookieJar>) => {
    const headers = { "Sec-Fetch-Site": "cross-site", ...jar?.header() };
    const answer = await app.http.signIn(request("POST", "/callback", { headers }), user, {
      transport: "cookie",
      csrf: "verified",
    });
    return { ...answer, line: answer.headers.getSetCookie().find((line) => /device/.test(line)) };
  };
  const app = opened();
  const browser = browserOf(app);
  const first = await callback(app);
  expect(first.line).toMatch(/; Secure; HttpOnly; SameSite=None$/);
  browser.jar.take(first);
  // So the next such callback is not one on a new device.
  expect((await callback(app, browser.jar)).session.deviceId).toBe(first.session.deviceId);
  const cookies = { [insecureDevelopmentCookies]: true };
  const local = openApp({ cookies, origin: "http://localhost:3000" });
  expect((await callback(local)).line).toMatch(/; HttpOnly; SameSite=Lax$/);
});

test("attack: a forged, altered or foreign device cookie is a new device, and told of", async () => {
  const app = opened();
  const owner = browserOf(app);
  const { deviceId } = await owner.signIn(user);
  const genuine = owner.jar.cookies.get(DEVICE) ?? "";
  const elsewhere = openApp({}, { secret: "another secret of another server" });
  const encoded = Buffer.from(deviceId ?? "").toString("base64url");
  const forged = [
    deviceId ?? "",
    encoded,
    `dv1.${encoded}`,
    `dv1.${encoded}.none.${"A".repeat(43)}`,
    genuine.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    genuine.replace("dv1.", "dv2."),
    elsewhere.sessions.devices.sign(deviceId ?? "").token,
    // A token of another kind.
    app.sessions.devices.disavowalToken((await owner.signIn(user)).id),
    owner.jar.cookies.get("__Host-rollcall-rt") ?? "",
  ];
  const events = told(app.sessions);
  const seen: (string | null)[] = [];
  for (const cookie of forged) {
    const thief = browserOf(app);
    thief.jar.cookies.set(DEVICE, cookie);
    seen.push((await thief.signIn(user)).deviceId);
  }
  expect(seen).not.toContain(deviceId);
  await expect.poll(() => newDevices(events)).toEqual(seen);
});

test("attack: a device of one's own account is new to the account of another", async () => {
  const app = opened();
  await browserOf(app).signIn(user);
  const thief = browserOf(app);
  const own = await thief.signIn(grace);
  const events = told(app.sessions);
  // Signed by this server, but for nobody but Grace.
  expect((await thief.signIn(user)).deviceId).toBe(own.deviceId);
  await expect.poll(() => newDevices(events)).toEqual([own.deviceId]);
});

test("attack: of two genuine device cookies neither counts", async () => {
  const app = opened();
  const [owner, thief] = [browserOf(app), browserOf(app)];
  const theirs = await thief.signIn(grace);
  const mine = await owner.signIn(user);
  const [one, two] = [deviceOf(owner), deviceOf(thief)];
  for (const both of [`${one}; ${two}`, `${two}; ${one}`]) {
    const headers = { Origin: ORIGIN, Cookie: both };
    const { session } = await app.http.signIn(request("POST", "/login", { headers }), user, {
      transport: "cookie",
    });
    expect([mine.deviceId, theirs.deviceId]).not.toContain(session.deviceId);
  }
});

test("a refresh from elsewhere is told of, whether asked for or in passing", async () => {
  const app = opened({ trustedProxies: 1 });
  const browser = browserOf(app, { "X-Forwarded-For": "192.0.2.1", "User-Agent": "Firefox/1" });
  const { id } = await browser.signIn(user);
  const events = told(app.sessions);
  const moves = () =>
    events.flatMap((event) => (event.type.endsWith("_changed") ? [{ ...event }] : []));
  const from = (ip: string, agent: string) => ({
    ...browser.headers(),
    "X-Forwarded-For": ip,
    "User-Agent": agent,
  });
  browser.jar.take(
    await app.call("POST", "/auth/refresh", { headers: from("192.0.2.1", "Firefox/1") }),
  );
  app.clock.advance(600_000);
  const passing = { headers: from("198.51.100.7", "Firefox/2") };
  browser.jar.take(await app.call("GET", "/account/sessions", passing));
  await expect.poll(moves).toMatchObject([
    { type: "session.address_changed", sessionId: id, from: "192.0.2.1", to: "198.51.100.7" },
    { type: "session.user_agent_changed", sessionId: id, from: "Firefox/1", to: "Firefox/2" },
  ]);
  // It is a signal, and ends nothing.
  const listed = await app.call("GET", "/account/sessions", { headers: browser.headers() });
  expect(listed.status).toBe(200);
});
