import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { openApp } from "./app.js";

const other = { type: "user", id: "grace" };

test("every account route without a credential is EC001, with a bad one EC002", async () => {
  const { call } = openApp();
  const id = "00000000-0000-4000-8000-000000000000";
  for (const [method, path] of [
    ["GET", "/account/sessions"],
    ["DELETE", "/account/sessions"],
    ["GET", "/account/sessions/events"],
    ["DELETE", `/account/sessions/${id}`],
    ["PATCH", `/account/sessions/${id}`],
    ["POST", "/account/logout-everywhere"],
  ] as const) {
    const missing = await call(method, path);
    expect([missing.status, missing.json], `${method} ${path}`).toEqual([
      401,
      { error: "Authentication required", errorCode: "EC001" },
    ]);
    expect(missing.headers.get("www-authenticate")).toBe("Bearer");
    expect(missing.headers.get("cache-control")).toBe("no-store");
    for (const header of ["Bearer x.y.z", "Bearer", "Basic YTpi", "bearer  ,", ""]) {
      const bad = await call(method, path, { headers: { Authorization: header } });
      expect([bad.status, bad.json], header).toEqual([
        401,
        { error: "Invalid or expired credential", errorCode: "EC002" },
      ]);
      expect(bad.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    }
  }
});

test("GET /account/sessions: the caller's own, in the shape of contract §1.3", async () => {
  const { call, sessions, clock, signIn } = openApp();
  await signIn(other);
  const old = await sessions.start(user);
  clock.advance(1000);
  const device = { userAgent: "curl/8.5.0", ip: "192.0.2.1", own: { order: 1, b: [] } };
  const { session, tokens } = await sessions.start(user, {
    device,
    metadata: { secret: "app's" },
    methods: ["pwd", "otp"],
  });
  const answer = await call("GET", "/account/sessions", { token: tokens.accessToken.token });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.json).toEqual({
    sessions: [
      {
        id: session.id,
        deviceInfo: device,
        createdAt: "2026-01-01T00:00:01.000Z",
        expiresAt: "2026-01-08T00:00:01.000Z",
        lastUsedAt: "2026-01-01T00:00:01.000Z",
        lastIp: "192.0.2.1",
        current: true,
        name: null,
        device: { browser: "curl", os: null, type: "cli" },
        authenticatedAt: "2026-01-01T00:00:01.000Z",
        methods: ["pwd", "otp"],
        ...{ kind: null, level: null, deviceId: null, actor: null, scopes: null },
      },
      expect.objectContaining({ id: old.session.id, current: false, deviceInfo: null }),
    ],
  });
});

test("lists page by limit and cursor; bad ones are EC008", async () => {
  const { call, sessions, clock, signIn } = openApp();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    ids.unshift((await sessions.start(user)).session.id);
    clock.advance(1);
  }
  const token = (await signIn(other)).accessToken.token;
  const mine = (await sessions.start(user)).tokens.accessToken.token;
  const first = await call("GET", "/account/sessions?limit=3", { token: mine });
  const page = first.json as { sessions: { id: string }[]; nextCursor: string };
  expect(page.sessions).toHaveLength(3);
  const second = await call("GET", `/account/sessions/?cursor=${page.nextCursor}&limit=100`, {
    token: mine,
  });
  const rest = second.json as { sessions: { id: string }[] };
  expect([...page.sessions, ...rest.sessions].map(({ id }) => id).slice(1)).toEqual(ids);
  expect(rest).not.toHaveProperty("nextCursor");
  for (const query of [
    "limit=0",
    "limit=101",
    "limit=x",
    "limit=",
    "limit=1.5",
    "cursor=x",
    "cursor=",
  ]) {
    const bad = await call("GET", `/account/sessions?${query}`, { token });
    expect([bad.status, bad.json], query).toEqual([
      400,
      { error: expect.stringMatching(/limit|cursor/), errorCode: "EC008" },
    ]);
  }
});

test("DELETE one: 404s are byte-identical, endings are idempotent and keep the first", async () => {
  const { call, sessions, clock } = openApp();
  const mine = await sessions.start(user);
  const second = await sessions.start(user);
  const foreign = await sessions.start(other);
  const otherType = await sessions.start({ type: "admin", id: user.id });
  const token = mine.tokens.accessToken.token;
  const answers = [];
  for (const id of [
    "00000000-0000-4000-8000-000000000000",
    foreign.session.id,
    otherType.session.id,
    "garbage",
    "%00",
    "%ff%fe",
    "..%2f..",
    "x".repeat(5000),
    second.session.id.toUpperCase(),
    `${second.session.id}%20`,
  ]) {
    const answer = await call("DELETE", `/account/sessions/${id}`, { token });
    answers.push([answer.status, answer.text, [...answer.headers].join()].join());
    expect(answer.json, id).toEqual({ error: "Session not found" });
  }
  expect(new Set(answers).size).toBe(1);

  for (let i = 0; i < 2; i++) {
    const answer = await call("DELETE", `/account/sessions/${second.session.id}`, { token });
    expect([answer.status, answer.json]).toEqual([200, { message: "Session revoked" }]);
    clock.advance(1000);
  }
  const ended = await sessions.get(user, second.session.id);
  expect(ended).toMatchObject({
    revokedAt: second.session.createdAt,
    revokedReason: "revoked",
    revokedBy: { kind: "user", sessionId: mine.session.id },
  });
  const dead = await call("GET", "/account/sessions", { token: second.tokens.accessToken.token });
  expect(dead.status).toBe(401);
});

test("DELETE one that has expired answers 200", async () => {
  const { call, sessions, clock } = openApp();
  const short = await sessions.start(user, { persistent: false });
  clock.advance(25 * 3_600_000);
  const token = (await sessions.start(user)).tokens.accessToken.token;
  const answer = await call("DELETE", `/account/sessions/${short.session.id}`, { token });
  expect([answer.status, answer.json]).toEqual([200, { message: "Session revoked" }]);
  expect((await sessions.get(user, short.session.id))?.revokedAt).toBeNull();
});

test("DELETE others leaves the caller's; scope=all and logout-everywhere leave none", async () => {
  const { call, sessions } = openApp();
  await sessions.start(user);
  await sessions.start(user);
  const mine = await sessions.start(user);
  const token = mine.tokens.accessToken.token;
  // An id that is missing by mistake ends nobody.
  expect((await call("DELETE", "/account/sessions/", { token })).status).toBe(404);
  const others = await call("DELETE", "/account/sessions", { token });
  expect([others.status, others.json]).toEqual([
    200,
    { message: "Other sessions revoked", revoked: 2 },
  ]);
  expect((await sessions.list(user)).sessions.map(({ id }) => id)).toEqual([mine.session.id]);
  expect((await call("DELETE", "/account/sessions?scope=some", { token })).status).toBe(400);
  const all = await call("DELETE", "/account/sessions?scope=all", { token });
  expect(all.json).toEqual({ message: "Other sessions revoked", revoked: 1 });
  expect((await call("DELETE", "/account/sessions", { token })).status).toBe(401);

  const again = (await sessions.start(user)).tokens.accessToken.token;
  const everywhere = await call("POST", "/account/logout-everywhere", { token: again });
  expect([everywhere.status, everywhere.json]).toEqual([
    200,
    { message: "Logged out from every device" },
  ]);
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("PATCH names and clears; bad names are EC008, foreign ids 404", async () => {
  const { call, sessions } = openApp();
  const { session, tokens } = await sessions.start(user);
  const foreign = await sessions.start(other);
  const token = tokens.accessToken.token;
  const path = `/account/sessions/${session.id}`;
  const named = await call("PATCH", path, { token, body: { name: " Kitchen iPad " } });
  expect(named.status).toBe(200);
  expect(named.json).toMatchObject({
    session: { id: session.id, name: "Kitchen iPad", current: true },
  });
  expect((await call("PATCH", path, { token, body: { name: null } })).json).toMatchObject({
    session: { name: null },
  });
  for (const body of [
    { name: "" },
    { name: "   " },
    { name: "x".repeat(65) },
    { name: 7 },
    { name: "a\0b" },
    {},
    [],
    "not json",
    "",
    `{"name":"${"x".repeat(20_000)}"}`,
  ]) {
    const bad = await call("PATCH", path, { token, body });
    expect([bad.status, bad.json], JSON.stringify(body).slice(0, 50)).toEqual([
      400,
      { error: expect.any(String), errorCode: "EC008" },
    ]);
    expect(bad.text).not.toContain("xxx");
  }
  const missed = await call("PATCH", `/account/sessions/${foreign.session.id}`, {
    token,
    body: { name: "mine" },
  });
  expect([missed.status, missed.json]).toEqual([404, { error: "Session not found" }]);
});

test("the guard lets only the user types pass that it was given", async () => {
  const { http, signIn } = openApp();
  const token = (await signIn(user)).accessToken.token;
  const asked = (types: string[]): Promise<Response> =>
    http.guard(() => Response.json({ ok: true }), { types })(
      new Request("https://app.example/x", { headers: { Authorization: `BEARER ${token}` } }),
    );
  expect((await asked(["user", "admin"])).status).toBe(200);
  const refused = await asked(["admin"]);
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { error: "Not allowed for this user type", errorCode: "EC003" },
  ]);
});

test("503 with Retry-After when the database is away, 500 without a detail when something broke", async () => {
  const inner = memory();
  const { call, sessions, failures, http } = openApp(
    {},
    {
      store: {
        ...inner,
        async list() {
          throw new Error("connection refused to db.internal");
        },
      },
    },
  );
  const token = (await sessions.start(user)).tokens.accessToken.token;
  const away = await call("GET", "/account/sessions", { token });
  expect([away.status, away.json]).toEqual([
    503,
    { error: "Temporarily unavailable, try again shortly", errorCode: "EC005" },
  ]);
  expect(away.headers.get("retry-after")).toBe("1");
  expect(failures).toHaveLength(1);
  const broken = await http.guard(() => {
    throw new Error(`the token was ${token}`);
  })(new Request("https://app.example/x", { headers: { Authorization: `Bearer ${token}` } }));
  expect([broken.status, await broken.json()]).toEqual([
    500,
    { error: "Internal error", errorCode: "EC000" },
  ]);
});

test("405 with Allow, 404, HEAD, OPTIONS and trailing slashes", async () => {
  const { call, http, signIn } = openApp();
  const wrong = await call("PUT", "/account/sessions");
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD, OPTIONS"]);
  expect((await call("GET", "/nowhere")).status).toBe(404);
  const token = (await signIn(user)).accessToken.token;
  const head = await call("HEAD", "/account/sessions/", { token });
  expect([head.status, head.text]).toEqual([200, ""]);
  expect((await call("OPTIONS", "/account/sessions")).status).toBe(204);
  const handles = (path: string): boolean =>
    http.handles(new Request(`https://app.example${path}`));
  expect(handles("/account/sessions/abc/")).toBe(true);
  expect(handles("/account")).toBe(false);
});
