import type { Notice } from "rollcall/http";
import { createHttp, type HttpOptions } from "rollcall/http";
import { memory, memoryDatabase } from "rollcall/memory";
import { expect, test } from "vitest";
import { open, user } from "../support/sessions.js";
import { type App, ORIGIN, openApp } from "./app.js";
import { browserOf } from "./device-browser.js";

const PLACES: Readonly<Record<string, string>> = {
  "192.0.2.1": "Berlin",
  "192.0.2.2": "Berlin",
  "198.51.100.7": "Lagos",
};

function noticing(
  options: Partial<HttpOptions> = {},
  store = memory(),
): App & { readonly notices: Notice[] } {
  const notices: Notice[] = [];
  const notify = (notice: Notice): void => void notices.push(notice);
  const own = { cookies: true, origin: ORIGIN, trustedProxies: 1, notify };
  const app = openApp({ ...own, ...options }, { store });
  return { ...app, notices };
}

const at = (ip: string) => ({ "X-Forwarded-For": ip });

test("a notice has all that a mail needs, and its link works", async () => {
  const app = noticing({ locate: (ip) => PLACES[ip] ?? null });
  await browserOf(app, at("192.0.2.1")).signIn(user);
  app.clock.advance(1000);
  const session = await browserOf(app, at("198.51.100.7")).signIn(user);
  await expect.poll(() => app.notices).toHaveLength(1);
  const [notice] = app.notices;
  expect(notice).toEqual({
    type: "device.first_seen",
    at: new Date(app.clock.now()),
    user,
    session,
    ip: "198.51.100.7",
    place: "Lagos",
    former: null,
    link: expect.stringMatching(/^https:\/\/app\.example\/auth\/disavow\?token=nm1\.[\w.-]+$/),
  });
  expect((await app.call("POST", (notice?.link ?? "").slice(ORIGIN.length))).json).toMatchObject({
    revoked: 1,
  });
});

test("nobody is told of a first device, of a known one, or by a process that did not do it", async () => {
  const database = memoryDatabase();
  const app = noticing({}, memory(database));
  const other: Notice[] = [];
  const there = open({ store: memory(database) }, app.clock);
  createHttp({
    sessions: there.sessions,
    origin: ORIGIN,
    clock: app.clock,
    notify: (notice) => void other.push(notice),
  });
  const [one, two] = [browserOf(app), browserOf(app)];
  for (const browser of [one, one, two, one, two]) await browser.signIn(user);
  await app.sessions.start(user);
  const last = await there.sessions.start(user, { deviceId: "meter-17" });
  await expect.poll(() => other.map(({ session }) => session.id)).toEqual([last.session.id]);
  await expect.poll(() => app.notices).toHaveLength(1);
});

test("the place of a sign-in is in the list, unless the application knows a better one", async () => {
  const app = noticing({ locate: async (ip) => PLACES[ip] ?? null });
  const located = await browserOf(app, at("192.0.2.1")).signIn(user);
  expect(located.deviceInfo).toMatchObject({ ip: "192.0.2.1", place: "Berlin" });
  const signIn = async (device: Record<string, string | undefined>) => {
    const headers = { Origin: ORIGIN, ...at("192.0.2.1") };
    const login = new Request(`${ORIGIN}/login`, { method: "POST", headers });
    return (await app.http.signIn(login, user, { device })).session.deviceInfo?.["place"];
  };
  expect(await signIn({ place: "Hall 3" })).toBe("Hall 3");
  expect(await signIn({ place: undefined })).toBeUndefined();
  // No address is kept, so none is looked up.
  expect(await signIn({ ip: undefined })).toBeUndefined();
  expect(await signIn({ ip: "198.51.100.7" })).toBe("Lagos");
});

test("a session that is used from another place is told of, from another address there is not", async () => {
  const app = noticing({ locate: (ip) => PLACES[ip] ?? null });
  const browser = browserOf(app);
  const move = async (ip: string) => {
    const headers = { ...browser.headers(), ...at(ip) };
    browser.jar.take(await app.call("POST", "/auth/refresh", { headers }));
  };
  const { id } = await browserOf(app, at("192.0.2.1")).signIn(user);
  expect(id).toBeDefined();
  const session = await browser.signIn({ type: "user", id: "grace" });
  for (const ip of ["192.0.2.1", "192.0.2.2", "203.0.113.1", "192.0.2.1", "198.51.100.7"]) {
    await move(ip);
  }
  await expect
    .poll(() => app.notices)
    .toMatchObject([
      {
        type: "session.address_changed",
        session: { id: session.id },
        ip: "198.51.100.7",
        place: "Lagos",
        former: { ip: "192.0.2.1", place: "Berlin" },
      },
    ]);
});

test("what notify or locate do wrong holds up nobody, and goes to onError", async () => {
  for (const notify of [
    () => {
      throw new Error("no mail");
    },
    () => Promise.reject(new Error("no mail")),
  ]) {
    const locate = () => Promise.reject(new Error("no map"));
    const app = noticing({ notify, locate });
    await browserOf(app, at("192.0.2.1")).signIn(user);
    const session = await browserOf(app, at("192.0.2.1")).signIn(user);
    expect(session.deviceInfo).not.toHaveProperty("place");
    const messages = () =>
      new Set(app.failures.map((error) => (error instanceof Error ? error.message : "")));
    await expect.poll(messages).toEqual(new Set(["no map", "no mail"]));
  }
});

test("a sign-in waits a second for its place", async () => {
  const app = noticing({ locate: () => new Promise(() => {}) });
  const signedIn = browserOf(app, at("192.0.2.1")).signIn(user);
  app.clock.advance(1000);
  expect((await signedIn).deviceInfo).not.toHaveProperty("place");
  expect(app.failures.map(String)).toEqual(["Error: locate: no answer within 1000 ms"]);
});

test("options that cannot work are refused by name", () => {
  const { sessions } = open();
  const make = (options: object) => () => createHttp({ sessions, ...options });
  const notify = (): void => {};
  expect(make({ notify })).toThrow(/^origin is required with notify/);
  expect(make({ disavow: true })).toThrow(/^origin is required with disavow/);
  const origin = ORIGIN;
  expect(make({ origin, notify: "mail" })).toThrow(/^notify must be a function/);
  expect(make({ origin, locate: {} })).toThrow(/^locate must be a function/);
  expect(make({ origin, notify, disavow: false })).toThrow(/^disavow must not be false/);
  expect(make({ origin, disavow: "yes" })).toThrow(/^disavow must be true, false/);
  for (const page of ["", "not-me", "//evil.example", "https://evil.example", "/a?b", "/a#b", 7]) {
    expect(make({ origin, disavow: { page } }), String(page)).toThrow(/^disavow\.page must be/);
  }
  expect(make({ origin, notify, disavow: { page: "/not-me" } })).not.toThrow();
});
