import fc from "fast-check";
import type { DeviceInfo } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
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
  expect(jar.cookies.size).toBe(3);
  const listed = await app.call("GET", "/account/sessions", { headers: jar.header() });
  expect(listed.status).toBe(200);
});

test.each(["both cookies", "the refresh cookie alone", "the access cookie alone"])(
  "a sign-in over another user's cookies ends their session, which was this browser's: %s",
  async (left) => {
    const app = openApp({ cookies: true, origin: ORIGIN });
    const jar = cookieJar();
    await signInAgain(app, jar);
    const [former] = (await app.sessions.list(user)).sessions;
    const elsewhere = await app.sessions.start(user);
    const access = jar.cookies.get("__Host-rollcall-at") ?? "";
    const { signal } = await app.sessions.verify(access);
    if (left.startsWith("the refresh")) jar.cookies.delete("__Host-rollcall-at");
    if (left.startsWith("the access")) jar.cookies.delete("__Host-rollcall-rt");
    await signInAgain(app, jar, other);
    expect((await app.sessions.list(user)).sessions.map(({ id }) => id)).toEqual([
      elsewhere.session.id,
    ]);
    expect((await app.sessions.list(other)).sessions).toHaveLength(1);
    const ended = await app.sessions.get(user, former?.id ?? "");
    expect(ended).toMatchObject({ revokedReason: "replaced", revokedBy: { kind: "system" } });
    expect(signal.aborted).toBe(true);
    await expect(app.sessions.verify(access)).rejects.toMatchObject({ reason: "revoked" });
  },
);

test("a sign-in that is refused leaves the other user's session as it was", async () => {
  const limits = { maxPerUser: 1, onLimit: "refuse" } as const;
  const app = openApp({ cookies: true, origin: ORIGIN }, limits);
  const jar = cookieJar();
  await signInAgain(app, jar);
  await app.sessions.start(other);
  await expect(signInAgain(app, jar, other)).rejects.toMatchObject({ code: "session_limit" });
  expect((await app.sessions.list(user)).sessions).toHaveLength(1);
});

test("who signs in by bearer token as somebody else keeps the session of that token", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const staff = await app.signIn(user);
  const login = request("POST", "/login", { token: staff.accessToken.token });
  await app.http.signIn(login, other);
  expect((await app.sessions.verify(staff.accessToken.token)).user).toEqual(user);
  // Tokens in the body overwrite no cookie either.
  const jar = cookieJar();
  await signInAgain(app, jar);
  const headers = { ...same, ...jar.header() };
  await app.http.signIn(request("POST", "/login", { headers }), other);
  expect((await app.sessions.list(user)).sessions).toHaveLength(2);
});

test("a superseded cookie that a sign-in brings is reuse, whoever signs in", async () => {
  for (const who of [user, other]) {
    const app = openApp({ cookies: true, origin: ORIGIN });
    const jar = cookieJar();
    await signInAgain(app, jar);
    jar.cookies.delete("__Host-rollcall-at");
    const [former] = (await app.sessions.list(user)).sessions;
    let thief = jar.cookies.get("__Host-rollcall-rt") ?? "";
    for (let i = 0; i < 2; i++)
      thief = (await app.sessions.refresh(thief)).tokens.refreshToken.token;
    await signInAgain(app, jar, who);
    const ended = await app.sessions.get(user, former?.id ?? "");
    expect(ended?.revokedReason).toBe("refresh_token_reuse");
    await expect(app.sessions.refresh(thief)).rejects.toMatchObject({ reason: "revoked" });
    expect((await app.sessions.list(who)).sessions).toHaveLength(1);
  }
});

test("a bare id ends nothing of another user's, nor do tokens that prove nothing", async () => {
  const { sessions, clock } = openApp();
  const old = await sessions.start(user);
  const accessToken = old.tokens.accessToken.token;
  await sessions.start(other, { replaces: old.session.id });
  await sessions.start(other, { replaces: { accessToken } });
  const forged = { accessToken: `${accessToken.slice(0, -4)}AAAA`, refreshToken: "rt1.x" };
  await sessions.start(other, { replaces: { ...forged, ofAnyUser: true } });
  clock.advance(3_600_000);
  await sessions.start(other, { replaces: { accessToken, ofAnyUser: true } });
  expect((await sessions.list(user)).sessions).toHaveLength(1);
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

test("what the application says of the device goes over what the request says", async () => {
  const app = openApp();
  const login = request("POST", "/login", { headers: { "User-Agent": "curl/8.5.0" } });
  const connection = { address: "192.0.2.1" };
  const recorded = async (device: DeviceInfo): Promise<unknown> => {
    const { session } = await app.http.signIn(login, user, { device, connection });
    return [session.deviceInfo, session.lastIp];
  };
  const read = { userAgent: "curl/8.5.0", ip: "192.0.2.1" };
  expect(await recorded({})).toEqual([read, "192.0.2.1"]);
  expect(await recorded({ place: "Berlin" })).toEqual([{ ...read, place: "Berlin" }, "192.0.2.1"]);
  expect(await recorded({ ip: "203.0.113.9" })).toEqual([
    { ...read, ip: "203.0.113.9" },
    "203.0.113.9",
  ]);
  const named = { userAgent: "MyApp/2 (iPhone)" };
  expect(await recorded(named)).toEqual([{ ...read, ...named }, "192.0.2.1"]);
  expect(await recorded({ ip: undefined })).toEqual([{ userAgent: "curl/8.5.0" }, null]);
});

test("hints that the application gives go over those of the request, one by one", async () => {
  const app = openApp();
  const headers = {
    "Sec-CH-UA": '"Brave";v="140"',
    "Sec-CH-UA-Mobile": "?1",
    "Sec-CH-UA-Platform": '"Android"',
  };
  const login = request("POST", "/login", { headers });
  const recorded = async (device: DeviceInfo): Promise<unknown> =>
    (await app.http.signIn(login, user, { device })).session.deviceInfo?.["hints"];
  const read = { brands: '"Brave";v="140"', mobile: "?1", platform: "Android" };
  expect(await recorded({ hints: { model: "Pixel 9" } })).toEqual({ ...read, model: "Pixel 9" });
  expect(await recorded({ hints: { platform: "iPadOS", mobile: undefined } })).toEqual({
    brands: read.brands,
    platform: "iPadOS",
  });
  expect(await recorded({ hints: null })).toBeNull();
  expect(await recorded({ hints: ["none"] })).toEqual(["none"]);
  expect(await recorded({ hints: undefined })).toBeUndefined();
});

test("a large device of the application's leaves room for less of the request", async () => {
  const app = openApp();
  const headers = { "User-Agent": "x".repeat(600), "Sec-CH-UA-Platform": `"${"y".repeat(600)}"` };
  const login = request("POST", "/login", { headers });
  const connection = { address: "192.0.2.1" };
  const keysBeside = async (size: number): Promise<string[]> => {
    const device = { notes: "n".repeat(size) };
    const { session } = await app.http.signIn(login, user, { device, connection });
    return Object.keys(session.deviceInfo ?? {}).sort();
  };
  expect(await keysBeside(2500)).toEqual(["hints", "ip", "notes", "userAgent"]);
  expect(await keysBeside(3200)).toEqual(["ip", "notes", "userAgent"]);
  expect(await keysBeside(3800)).toEqual(["ip", "notes"]);
  expect(await keysBeside(4080)).toEqual(["notes"]);
  await expect(keysBeside(4096)).rejects.toThrow(/^device must take at most 4096 bytes/);
  for (const wrong of ['"text"', "[1]", "7"]) {
    const device = JSON.parse(wrong);
    await expect(app.http.signIn(login, user, { device }), wrong).rejects.toThrow(
      /^device must be/,
    );
  }
});

/** All that is read of a device. */
const DEVICE_HEADERS = [
  "User-Agent",
  "Sec-CH-UA",
  "Sec-CH-UA-Platform",
  "Sec-CH-UA-Platform-Version",
  "Sec-CH-UA-Model",
  "Sec-CH-UA-Mobile",
];

test("no header, however long or odd, makes a sign-in fail", async () => {
  const app = openApp();
  const samples = ["é", '"', "\\", "\x01", "\t", "\x7f", "\u0085", "x", "日", "😀", "\ud800", "\0"];
  const values = samples.flatMap((text) => [
    text.repeat(600),
    `"${text.repeat(600)}"`,
    `x${text.repeat(600)}`,
  ]);
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        fc.constantFrom(...DEVICE_HEADERS.map((name) => name.toLowerCase())),
        fc.oneof(fc.constantFrom(...values), fc.string({ unit: "binary", maxLength: 700 })),
      ),
      async (sent) => {
        // No `Request`: an adapter may have headers that the platform's own would refuse.
        const login = { method: "POST", headers: { get: (name: string) => sent[name] ?? null } };
        const { session } = await app.http.signIn(login, user);
        expect(JSON.stringify(session.deviceInfo).length).toBeLessThanOrEqual(4096);
      },
    ),
  );
  for (const value of values) {
    const headers = {
      get: (name: string) =>
        name.startsWith("authorization") || name === "x-forwarded-for" ? null : value,
    };
    await app.http.signIn({ method: "POST", headers }, user);
  }
});

test("what the application says of the session to replace wins", async () => {
  const app = openApp();
  const old = await app.sessions.start(user);
  const kept = await app.signIn(user);
  const login = request("POST", "/login", {
    token: kept.accessToken.token,
    headers: { "User-Agent": "curl/8.5.0" },
  });
  await app.http.signIn(login, user, { replaces: old.session.id });
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

test("a transport that is none sets no cookies past the check of where the request comes from", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const elsewhere = request("POST", "/login", { headers: { "Sec-Fetch-Site": "cross-site" } });
  for (const transport of ["cookies", "Cookie", "", null, true, ["cookie"]]) {
    const call = Reflect.apply(app.http.signIn, undefined, [elsewhere, user, { transport }]);
    await expect(call).rejects.toThrow(/^transport must be/);
  }
  expect((await app.sessions.list(user)).sessions).toEqual([]);
});
