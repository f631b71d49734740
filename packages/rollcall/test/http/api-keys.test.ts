import type { SessionsOptions } from "rollcall";
import { createHttp, type HttpOptions } from "rollcall/http";
import { expect, test } from "vitest";
import { encodeApiKey, newSecret } from "../../src/core/tokens/api-key.js";
import { newSessionId } from "../../src/core/verbs/new-session-id.js";
import { open as openSessions, user } from "../support/sessions.js";
import { type Answer, type App, answerOf, cookieJar, ORIGIN, openApp, request } from "./app.js";

const kinds = {
  mobile: {},
  key: { refresh: false, prefix: "acme" },
  robot: { refresh: false, prefix: "bot" },
} as const satisfies NonNullable<SessionsOptions["kinds"]>;

const apiKeys = { kind: "key", scopes: ["orders:read", "orders:write"] };
const body = { name: "CI", scopes: ["orders:read"] };
const KIND_REFUSED = { error: "Not allowed for this kind of session", errorCode: "EC003" };

const open = (options: Partial<HttpOptions> = {}, sessions: Partial<SessionsOptions> = {}): App =>
  openApp({ cookies: true, origin: ORIGIN, apiKeys, ...options }, { kinds, ...sessions });

interface Made {
  readonly token: string;
  readonly session: { readonly id: string };
}

function madeBy({ status, json }: Answer): Made {
  expect(status).toBe(201);
  const isMade = (value: unknown): value is Made =>
    typeof value === "object" && value !== null && "token" in value && "session" in value;
  return isMade(json) ? json : expect.unreachable();
}

/** A user with a session, who has made a key. */
async function withKey(app: App, scopes = ["orders:read"]): Promise<{ bearer: string; key: Made }> {
  const bearer = (await app.signIn(user)).accessToken.token;
  const answer = await app.call("POST", "/account/keys", {
    token: bearer,
    body: { ...body, scopes },
  });
  return { bearer, key: madeBy(answer) };
}

test("POST /account/keys: makes a key and shows it once", async () => {
  const app = open();
  const token = (await app.signIn(user)).accessToken.token;
  const expiresAt = "2026-03-01T00:00:00.000Z";
  const answer = await app.call("POST", "/account/keys", { token, body: { ...body, expiresAt } });
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.json).toEqual({
    token: expect.stringMatching(/^acme_[0-9A-Za-z]{71}$/),
    session: expect.objectContaining({
      name: "CI",
      kind: "key",
      scopes: ["orders:read"],
      current: false,
      expiresAt,
      methods: [],
      level: null,
    }),
  });
  const { token: key, session } = madeBy(answer);
  const list = await app.call("GET", "/account/sessions", { token });
  expect(list.json).toEqual({
    sessions: expect.arrayContaining([session, expect.objectContaining({ current: true })]),
  });
  expect(list.text).not.toContain(key);
});

test("with cookies it works too, and not from another site", async () => {
  const { http } = open();
  const jar = cookieJar();
  const post = request("POST", "/sign-in", { headers: { Origin: ORIGIN } });
  jar.take(await http.signIn(post, user, { transport: "cookie" }));
  const ask = async (origin: string): Promise<Answer> => {
    const headers = { ...jar.header(), Origin: origin };
    return answerOf(await http.fetch(request("POST", "/account/keys", { headers, body })));
  };
  expect((await ask("https://evil.example")).json).toMatchObject({ errorCode: "EC007" });
  madeBy(await ask(ORIGIN));
});

test("what is wrong with the request is a 400 that says so, and makes no key", async () => {
  const app = open();
  const token = (await app.signIn(user)).accessToken.token;
  for (const [given, message] of [
    ["[]", /^the body must be an object/],
    [{}, /^the request has|^name must|^the body/],
    [{ ...body, name: 7 }, /^name must be a string/],
    [{ ...body, name: " " }, /^name must be 1 to 64/],
    [{ ...body, scopes: "orders:read" }, /^scopes must be a list/],
    [{ ...body, scopes: [1] }, /^a scope must be a string/],
    [{ ...body, scopes: ["orders:read", "admin"] }, /^scopes must be among those/],
    [{ ...body, scopes: ["__proto__"] }, /^scopes must be among those/],
    [{ ...body, expiresAt: "tomorrow" }, /^expiresAt must be a date/],
    [{ ...body, expiresAt: "2026-13-45T00:00:00.000Z" }, /^expiresAt must be a date/],
    [{ ...body, expiresAt: "2025-01-01T00:00:00.000Z" }, /^expiresAt must lie in the future/],
  ] as const) {
    const { status, json } = await app.call("POST", "/account/keys", { token, body: given });
    expect([status, json], JSON.stringify(given)).toEqual([
      400,
      { error: expect.stringMatching(message), errorCode: "EC008" },
    ]);
  }
  expect((await app.sessions.list(user)).sessions).toHaveLength(1);
  expect(app.failures).toEqual([]);
});

test("without the option there is no such route, and it is not described", async () => {
  const { http, signIn, call } = openApp({}, { kinds });
  const token = (await signIn(user)).accessToken.token;
  expect((await call("POST", "/account/keys", { token, body })).status).toBe(404);
  expect(JSON.stringify(http.openapi())).not.toContain("/account/keys");
  expect(JSON.stringify(open().http.openapi())).toContain('"/account/keys"');
});

test("the option is checked when it is made", async () => {
  const { sessions } = openSessions({ kinds });
  for (const [given, message] of [
    [[], /^apiKeys must be an object/],
    [{ scopes: ["a"] }, /^apiKeys\.kind must be one of the kinds/],
    [{ kind: "mobile", scopes: ["a"] }, /^apiKeys\.kind must be one of the kinds/],
    [{ kind: "key" }, /^apiKeys\.scopes must be an array/],
    [{ kind: "key", scopes: ["a b"] }, /^apiKeys\.scopes must be an array/],
  ] as const) {
    const options: HttpOptions = Object.assign(
      { sessions },
      { apiKeys: JSON.parse(JSON.stringify(given)) },
    );
    expect(() => createHttp(options), JSON.stringify(given)).toThrow(message);
  }
});

test("a key passes guards that ask for scopes it has, all of them, and no other guard", async () => {
  const app = open();
  const { key, bearer } = await withKey(app, ["orders:read", "orders:write"]);
  const narrow = await withKey(app);
  for (const [options, wide, one] of [
    [{}, 403, 403],
    [{ types: ["user"] }, 403, 403],
    [{ scopes: ["orders:read"] }, 200, 200],
    [{ scopes: ["orders:read", "orders:write"] }, 200, 403],
    [{ scopes: ["orders"] }, 403, 403],
    [{ scopes: [] }, 200, 200],
    [{ kinds: ["key"] }, 200, 200],
    [{ kinds: ["robot"] }, 403, 403],
    [{ kinds: ["key"], scopes: ["orders:write"] }, 200, 403],
    [{ kinds: ["mobile"], scopes: ["orders:read"] }, 403, 403],
    [{ types: ["staff"], scopes: ["orders:read"] }, 403, 403],
  ] as const) {
    const guarded = app.http.guard(() => new Response(), options);
    const statusOf = async (token: string): Promise<number> =>
      (await guarded(request("GET", "/", { token }))).status;
    const label = JSON.stringify(options);
    expect([await statusOf(key.token), await statusOf(narrow.key.token)], label).toEqual([
      wide,
      one,
    ]);
    // People may do whatever they may do.
    const person = "kinds" in options || options.types?.[0] === "staff" ? 403 : 200;
    expect(await statusOf(bearer), label).toBe(person);
  }
});

test("a scope that is lacking is told as RFC 6750 §3.1 has it", async () => {
  const app = open();
  const { key } = await withKey(app);
  const guarded = app.http.guard(() => new Response(), { scopes: ["orders:read", "orders:write"] });
  const asked = request("GET", "/", { token: key.token });
  const answer = await answerOf(await guarded(asked));
  expect([answer.status, answer.json]).toEqual([
    403,
    { error: "The API key lacks a scope", errorCode: "EC003" },
  ]);
  expect(answer.headers.get("www-authenticate")).toBe(
    'Bearer error="insufficient_scope", scope="orders:read orders:write"',
  );
  expect(await app.http.session(asked, { scopes: ["orders:write"] })).toBeNull();
  expect(await app.http.session(asked)).toBeNull();
  expect(await app.http.session(asked, { scopes: ["orders:read"] })).toMatchObject({
    scopes: ["orders:read"],
  });
});

test("attack: a key that tries to read, name, end or make what is its user's", async () => {
  const app = open();
  const { key, bearer } = await withKey(app, ["orders:read", "orders:write"]);
  const victim = (await app.sessions.start(user)).session.id;
  const before = (await app.sessions.list(user)).sessions;
  for (const [method, path, given] of [
    ["GET", "/account/sessions"],
    ["GET", "/account/sessions/events"],
    ["DELETE", "/account/sessions"],
    ["DELETE", "/account/sessions?scope=all"],
    ["DELETE", `/account/sessions/${victim}`],
    ["DELETE", "/account/sessions/nonsense"],
    ["PATCH", `/account/sessions/${victim}`, { name: "mine" }],
    ["PATCH", `/account/sessions/${key.session.id}`, { name: "mine" }],
    ["POST", "/account/logout-everywhere"],
    ["POST", "/account/keys", body],
  ] as const) {
    const answer = await app.call(method, path, {
      token: key.token,
      ...(given && { body: given }),
    });
    expect([answer.status, answer.json], `${method} ${path}`).toEqual([403, KIND_REFUSED]);
  }
  expect((await app.sessions.list(user)).sessions).toEqual(before);
  expect((await app.call("GET", "/account/sessions", { token: bearer })).status).toBe(200);
});

test("whoever has found a key may end it, and only it", async () => {
  for (const end of ["DELETE", "POST"] as const) {
    const app = open();
    const { key, bearer } = await withKey(app);
    const path = end === "DELETE" ? `/account/sessions/${key.session.id}` : "/auth/logout";
    expect((await app.call(end, path, { token: key.token })).status).toBe(200);
    const guarded = app.http.guard(() => new Response(), { scopes: [] });
    const answer = await answerOf(await guarded(request("GET", "/", { token: key.token })));
    expect(answer.json).toMatchObject({ errorCode: "EC002", sessionEnded: { reason: "logout" } });
    expect((await app.call("GET", "/account/sessions", { token: bearer })).status).toBe(200);
  }
});

test("its owner ends a key, names it, and is told of it, like of a device", async () => {
  const app = open();
  const { key, bearer } = await withKey(app);
  const path = `/account/sessions/${key.session.id}`;
  expect(
    (await app.call("PATCH", path, { token: bearer, body: { name: "Deploys" } })).json,
  ).toMatchObject({
    session: { name: "Deploys", scopes: ["orders:read"] },
  });
  expect((await app.call("DELETE", path, { token: bearer })).status).toBe(200);
  const guarded = app.http.guard(() => new Response(), { scopes: [] });
  expect((await guarded(request("GET", "/", { token: key.token }))).status).toBe(401);
});

test("attack: a key in a cookie proves nothing, whoever planted it", async () => {
  const app = open();
  const { key } = await withKey(app);
  const guarded = app.http.guard(() => new Response(), { scopes: [], kinds: ["key"] });
  for (let round = 0; round < 2; round += 1) {
    for (const name of ["__Host-rollcall-at", "__Host-rollcall-rt"]) {
      const headers = { Cookie: `${name}=${key.token}` };
      expect((await guarded(request("GET", "/", { headers }))).status, name).toBe(401);
    }
    // Also once this process knows the key.
    expect((await guarded(request("GET", "/", { token: key.token }))).status).toBe(200);
  }
});

test("attack: a session that ends while it asks for a key makes none", async () => {
  const app = open();
  const signIn = await app.sessions.start(user);
  const token = signIn.tokens.accessToken.token;
  await app.sessions.verify(token);
  const { createApiKey } = app.sessions;
  const slow = createHttp({
    sessions: {
      ...app.sessions,
      async createApiKey(owner, options) {
        // Authenticated a moment ago; now its owner ends it.
        await app.sessions.revoke(user, signIn.session.id);
        return createApiKey(owner, options);
      },
    },
    apiKeys,
  });
  const answer = await answerOf(
    await slow.fetch(request("POST", "/account/keys", { token, body })),
  );
  expect([answer.status, answer.json]).toMatchObject([401, { errorCode: "EC002" }]);
  expect((await app.sessions.list(user)).sessions).toEqual([]);
});

test("attack: whoever acts for a user takes no key along", async () => {
  const app = open();
  const staff = await app.sessions.start({ type: "staff", id: "margaret" });
  const principal = await app.sessions.verify(staff.tokens.accessToken.token);
  const { tokens } = await app.sessions.actAs(principal, user);
  const answer = await app.call("POST", "/account/keys", { token: tokens.accessToken.token, body });
  expect([answer.status, answer.json]).toMatchObject([403, { errorCode: "EC003" }]);
  expect((await app.sessions.list(user)).sessions.map(({ scopes }) => scopes)).not.toContainEqual([
    "orders:read",
  ]);
});

test("attack: keys that were never made are 401, and tell nothing apart", async () => {
  const app = open();
  const { key } = await withKey(app);
  const guarded = app.http.guard(() => new Response(), { scopes: [] });
  const texts = new Set<string>();
  for (const token of [
    encodeApiKey({ prefix: "acme", sessionId: newSessionId(), secret: newSecret() }),
    `${key.token.slice(0, -1)}_`,
    `${key.token}0`,
    key.token.toUpperCase(),
    "acme_",
  ]) {
    const answer = await answerOf(await guarded(request("GET", "/", { token })));
    expect(answer.status, token).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    texts.add(answer.text);
  }
  expect(texts.size).toBe(1);
});

test("more keys than a user may have are a 409", async () => {
  const limited = { ...kinds, key: { refresh: false, prefix: "acme", maxPerUser: 1 } } as const;
  const app = open({}, { kinds: limited });
  const { bearer } = await withKey(app);
  const answer = await app.call("POST", "/account/keys", { token: bearer, body });
  expect([answer.status, answer.json]).toEqual([
    409,
    { error: "Too many API keys, end one first", errorCode: "EC009" },
  ]);
});
