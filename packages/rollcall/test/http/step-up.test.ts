import { createHttp, type HttpOptions } from "rollcall/http";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { requireAssurance } from "../../src/http/require-assurance.js";
import { counting, user } from "../support/sessions.js";
import { type App, answerOf, openApp, request } from "./app.js";

const LEVELS = { aal1: {}, aal2: {} } as const;
const HOUR = 3_600_000;
const NAMED = { body: { name: "phone" } };

/** Signs in; gives the access token, and the id of its session. */
async function signedIn(
  { sessions, clock }: App,
  level?: "aal1" | "aal2",
): Promise<{ readonly token: string; readonly id: string }> {
  clock.advance(1000);
  const { session, tokens } = await sessions.start(user, level === undefined ? {} : { level });
  return { token: tokens.accessToken.token, id: session.id };
}

async function refusalOf(
  answer: ReturnType<App["call"]>,
): Promise<readonly [number, string | undefined]> {
  const { status, json } = await answer;
  return [status, JSON.parse(JSON.stringify(json ?? {})).errorCode];
}

test("a guard asks for all of it at once, and for nothing that is fulfilled", async () => {
  const app = openApp({}, { levels: LEVELS });
  const { http, clock } = app;
  const guard = http.guard(() => new Response("in"), { level: "aal2", maxAge: "90s" });
  const ask = async (token: string) => await answerOf(await guard(request("GET", "/", { token })));
  const low = await ask((await signedIn(app, "aal1")).token);
  expect(low.json).toEqual({
    error: "Sign in again to do this",
    errorCode: "EC006",
    required: { level: "aal2", maxAge: 90 },
  });
  expect(low.headers.get("www-authenticate")).toBe(
    'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="90"',
  );
  const high = await signedIn(app, "aal2");
  expect((await ask(high.token)).status).toBe(200);
  clock.advance(90_000);
  expect((await ask(high.token)).status).toBe(403);
  const wrong = await ask("x.y.z");
  expect([wrong.status, wrong.headers.get("www-authenticate")]).toEqual([
    401,
    'Bearer error="invalid_token"',
  ]);
});

test("a token that does not say when its user was authenticated is not recent", async () => {
  const app = openApp();
  const principal = await app.sessions.verify((await signedIn(app)).token);
  const asked = { maxAge: "100d" } as const;
  expect(requireAssurance(principal, asked, [], app.clock.now())).toBe(principal);
  const silent = { ...principal, signal: principal.signal, authenticatedAt: null };
  expect(() => requireAssurance(silent, asked, [], app.clock.now())).toThrow("Sign in again");
});

test("a higher level passes for a lower one, an unknown one for none", async () => {
  const store = memory();
  const app = openApp({}, { store, levels: LEVELS });
  const guard = app.http.guard(() => new Response(), { level: "aal1" });
  const statusOf = async (token: string) => (await guard(request("GET", "/", { token }))).status;
  expect(await statusOf((await signedIn(app, "aal2")).token)).toBe(200);
  expect(await statusOf((await signedIn(app)).token)).toBe(403);
  // After a deployment that no longer knows the level.
  const { token } = await signedIn(app, "aal2");
  const later = openApp({}, { store, levels: { aal1: {}, gold: {} } });
  const ask = later.http.guard(() => new Response(), { level: "aal1" });
  expect((await ask(request("GET", "/", { token }))).status).toBe(403);
});

test("session(): whoever is not sure enough is nobody", async () => {
  const app = openApp({}, { levels: LEVELS });
  const { token } = await signedIn(app, "aal1");
  const asked = request("GET", "/", { token });
  expect(await app.http.session(asked, { level: "aal2" })).toBeNull();
  expect(await app.http.session(asked, { level: "aal1", maxAge: "1h" })).not.toBeNull();
});

const MISTAKES: readonly (readonly [json: string, message: RegExp])[] = [
  ['{"level":"gold"}', /^level must be one of "aal1", "aal2"$/],
  ['{"level":["aal1"]}', /^level must be one of/],
  ['{"level":null}', /^level must be one of/],
  ['{"maxAge":"10"}', /^maxAge must be a duration/],
  ['{"maxAge":0}', /^maxAge must be a duration/],
  ['{"maxage":"10m"}', /^"maxage" is not an option/],
];

test.each(MISTAKES)("a guard with %s is refused when it is made", async (json, message) => {
  const { http } = openApp({}, { levels: LEVELS });
  expect(() => http.guard(() => new Response(), JSON.parse(json))).toThrow(message);
  await expect(http.authenticate(request("GET", "/"), JSON.parse(json))).rejects.toThrow(message);
});

test("a level in a guard needs levels of the session manager", () => {
  const { http } = openApp();
  expect(() => http.guard(() => new Response(), { level: "aal1" })).toThrow(
    /^level needs levels in createSessions/,
  );
  expect(http.levels).toEqual([]);
});

test("requireRecentAuth: for the others, for names, and never for oneself", async () => {
  const app = openApp({ requireRecentAuth: "10m" });
  const { call, clock } = app;
  const other = await signedIn(app);
  const mine = await signedIn(app);
  const { token } = mine;
  clock.advance(599_000);
  expect((await call("PATCH", `/account/sessions/${mine.id}`, { ...NAMED, token })).status).toBe(
    200,
  );
  clock.advance(1000);
  const { tokens } = await app.sessions.refresh(
    (await app.sessions.start(user, { authenticatedAt: new Date(clock.now() - 600_000) })).tokens
      .refreshToken.token,
  );
  const old = tokens.accessToken.token;
  const own = (await app.sessions.verify(old)).sessionId;
  for (const [method, path] of [
    ["DELETE", `/account/sessions/${other.id}`],
    ["DELETE", "/account/sessions"],
    ["DELETE", "/account/sessions?scope=all"],
    ["POST", "/account/logout-everywhere"],
    ["PATCH", `/account/sessions/${other.id}`],
    ["PATCH", `/account/sessions/${own}`],
  ] as const) {
    const answer = await call(method, path, { token: old, ...(method === "PATCH" ? NAMED : {}) });
    expect([answer.status, answer.json], `${method} ${path}`).toEqual([
      403,
      { error: expect.any(String), errorCode: "EC006", required: { maxAge: 600 } },
    ]);
  }
  expect((await call("GET", "/account/sessions", { token: old })).status).toBe(200);
  const principal = await app.sessions.verify(old);
  const again = await app.sessions.reauthenticate(principal, { methods: ["pwd"] });
  const fresh = again.tokens.accessToken.token;
  expect((await call("DELETE", `/account/sessions/${other.id}`, { token: fresh })).status).toBe(
    200,
  );
  clock.advance(600_000);
  const late = (await app.sessions.refresh(again.tokens.refreshToken.token)).tokens.accessToken
    .token;
  expect(await refusalOf(call("DELETE", "/account/sessions", { token: late }))).toEqual([
    403,
    "EC006",
  ]);
  expect((await call("DELETE", `/account/sessions/${own}`, { token: late })).status).toBe(200);
});

test("minimumAgeToRevokeOthers: a younger session ends no older one", async () => {
  const app = openApp({ minimumAgeToRevokeOthers: "24h" }, { accessTokenTtl: "25h" });
  const { call, clock, sessions } = app;
  const owner = await signedIn(app);
  const thief = await signedIn(app);
  const { token } = thief;
  const refused = {
    error: "This session is too new to end older ones",
    errorCode: "EC003",
  };
  const attempts = [
    ["DELETE", `/account/sessions/${owner.id}`],
    ["DELETE", "/account/sessions"],
    ["DELETE", "/account/sessions?scope=all"],
    ["POST", "/account/logout-everywhere"],
  ] as const;
  for (const [method, path] of attempts) {
    const answer = await call(method, path, { token });
    expect([answer.status, answer.json], `${method} ${path}`).toEqual([403, refused]);
  }
  // To authenticate again makes a session surer, not older.
  const raised = await sessions.reauthenticate(await sessions.verify(token), { methods: ["pwd"] });
  const sure = raised.tokens.accessToken.token;
  expect(await refusalOf(call("DELETE", "/account/sessions", { token: sure }))).toEqual([
    403,
    "EC003",
  ]);
  // Younger ones, and itself, it may end.
  const younger = await signedIn(app);
  expect((await call("DELETE", `/account/sessions/${younger.id}`, { token: sure })).status).toBe(
    200,
  );
  expect((await call("DELETE", "/account/sessions/x", { token: sure })).status).toBe(404);
  expect(
    (await call("DELETE", `/account/sessions/${owner.id}`, { token: owner.token })).status,
  ).toBe(200);
  // With no older one left, nothing is in the way.
  await signedIn(app);
  const others = await call("DELETE", "/account/sessions", { token: sure });
  expect([others.status, others.json]).toEqual([
    200,
    { message: "Other sessions revoked", revoked: 1 },
  ]);
  expect((await call("DELETE", `/account/sessions/${thief.id}`, { token: sure })).status).toBe(200);

  // Nor is it older for having been proven long ago.
  const kept = await signedIn(app);
  clock.advance(1000);
  const authenticatedAt = new Date(clock.now() - 48 * HOUR);
  const proven = (await sessions.start(user, { authenticatedAt })).tokens.accessToken.token;
  const ending = call("DELETE", `/account/sessions/${kept.id}`, { token: proven });
  expect(await refusalOf(ending)).toEqual([403, "EC003"]);

  const early = await signedIn(app);
  const later = await signedIn(app);
  clock.advance(24 * HOUR);
  expect(
    (await call("DELETE", `/account/sessions/${early.id}`, { token: later.token })).status,
  ).toBe(200);
});

test("minimumAgeToRevokeOthers: of two of one millisecond one is the older, as in the list", async () => {
  const { call, sessions } = openApp({ minimumAgeToRevokeOthers: "24h" });
  const all = await Promise.all([1, 2, 3, 4].map(() => sessions.start(user)));
  const { sessions: listed } = await sessions.list(user);
  for (const { session, tokens } of all) {
    const place = listed.findIndex(({ id }) => id === session.id);
    const { token } = tokens.accessToken;
    for (const [other, { id }] of listed.entries()) {
      if (other <= place) continue;
      const attempt = call("DELETE", `/account/sessions/${id}`, { token });
      expect(await refusalOf(attempt)).toEqual([403, "EC003"]);
    }
    // The last of the list has no older one beside it.
    if (place === listed.length - 1) continue;
    expect((await call("DELETE", "/account/sessions", { token })).status).toBe(403);
  }
});

test("what is off costs nothing: no read more, and one where the caller is old enough", async () => {
  const asked = async (options: Partial<HttpOptions>): Promise<Record<string, number>> => {
    const { store, counts } = counting(memory());
    const app = openApp(options, { store, accessTokenTtl: "25h" });
    const other = await signedIn(app);
    const { token } = await signedIn(app);
    app.clock.advance(24 * HOUR);
    await app.call("GET", "/account/sessions", { token });
    const before = new Map(counts);
    await app.call("DELETE", `/account/sessions/${other.id}`, { token });
    return Object.fromEntries(
      ["get", "list", "find", "revoke"].map((name) => [
        name,
        (counts.get(name) ?? 0) - (before.get(name) ?? 0),
      ]),
    );
  };
  expect(await asked({})).toEqual({ get: 0, list: 0, find: 0, revoke: 1 });
  expect(await asked({ requireRecentAuth: "25h" })).toEqual({
    get: 0,
    list: 0,
    find: 0,
    revoke: 1,
  });
  expect(await asked({ minimumAgeToRevokeOthers: "24h" })).toEqual({
    get: 1,
    list: 0,
    find: 0,
    revoke: 1,
  });
});

test.each(["requireRecentAuth", "minimumAgeToRevokeOthers"])(
  "a bad %s is refused when createHttp is called, by name",
  (option) => {
    const { sessions } = openApp();
    for (const value of ["10", 0, -1, "x", null, {}]) {
      const options: HttpOptions = { sessions, ...JSON.parse(JSON.stringify({ [option]: value })) };
      expect(() => createHttp(options)).toThrow(new RegExp(`^${option} must be a duration`));
    }
  },
);

test("reauthenticate behind a link is a TypeError, in a prefetch EC007", async () => {
  const app = openApp();
  const { token } = await signedIn(app);
  const methods = ["pwd"];
  await expect(
    app.http.reauthenticate(request("GET", "/", { token }), { methods }),
  ).rejects.toThrow(/^reauthenticate must not be behind GET/);
  const prefetched = request("POST", "/", { token, headers: { "Sec-Purpose": "prefetch" } });
  await expect(app.http.reauthenticate(prefetched, { methods })).rejects.toMatchObject({
    code: "cross_site",
  });
  await expect(
    app.http.reauthenticate(request("POST", "/", { token }), JSON.parse("{}")),
  ).rejects.toThrow(/^methods must be/);
});
