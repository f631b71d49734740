import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { SessionError } from "rollcall";
import { rollcall } from "rollcall/hono";
import { beforeEach, expect, test, vi } from "vitest";
import { ORIGIN, openApp } from "../http/app.js";
import { user } from "../support/sessions.js";
import { testContract } from "./contract.js";
import { honoHarness } from "./hono-harness.js";

beforeEach(() => {
  // Hono says there what applications throw, which is what some of these tests make them do.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

testContract(honoHarness);

async function browser(options: Parameters<typeof rollcall>[1] = {}): Promise<{
  readonly app: Hono;
  readonly auth: ReturnType<typeof rollcall>;
  readonly opened: ReturnType<typeof openApp>;
  readonly headers: Record<string, string>;
}> {
  const opened = openApp({ cookies: true, origin: ORIGIN });
  const auth = rollcall(opened.http, options);
  const { accessToken, refreshToken } = await opened.signIn(user);
  const Cookie = `__Host-rollcall-at=${accessToken.token}; __Host-rollcall-rt=${refreshToken.token}`;
  return { app: new Hono(), auth, opened, headers: { Cookie, Origin: ORIGIN } };
}

test("without an error handler Hono answers as Rollcall's routes do", async () => {
  const { app, auth, opened, headers } = await browser();
  app.get("/me", auth.guard(), (c) => c.text("me"));
  const missing = await app.request("/me");
  expect([missing.status, await missing.json()]).toEqual([
    401,
    { error: "Authentication required", errorCode: "EC001" },
  ]);
  expect(missing.headers.get("www-authenticate")).toBe("Bearer");
  await opened.sessions.revokeAll(user);
  const ended = await app.request("/me", { headers });
  expect([ended.status, ended.headers.getSetCookie().length]).toEqual([401, 2]);
});

test("an error handler of one's own sees the exception with its cause, and cookies are cleared all the same", async () => {
  const { app, auth, opened, headers } = await browser();
  const seen: unknown[] = [];
  app.onError((error, c) => {
    seen.push(error);
    return c.html("<p>sign in, please</p>", 401);
  });
  app.get("/me", auth.guard(), (c) => c.text("me"));
  await opened.sessions.revokeAll(user);
  const ended = await app.request("/me", { headers });
  expect([ended.status, await ended.text()]).toEqual([401, "<p>sign in, please</p>"]);
  expect(ended.headers.getSetCookie()).toHaveLength(2);
  expect(ended.headers.get("cache-control")).toBe("no-store");
  const [error] = seen;
  if (!(error instanceof HTTPException)) expect.unreachable();
  expect(error.cause).toBeInstanceOf(SessionError);
  expect(error.cause).toMatchObject({ code: "credential_invalid", reason: "revoked" });
});

test("cookies refreshed in passing go out with the answer to an error behind the guard, and with a 404", async () => {
  const { app, auth, opened, headers } = await browser();
  app.onError((_error, c) => c.text("broken", 500));
  app.use(auth.guard());
  app.get("/throws", () => {
    throw new Error("a detail");
  });
  opened.clock.advance(600_000);
  for (const [path, status] of [
    ["/throws", 500],
    ["/nowhere", 404],
  ] as const) {
    const answer = await app.request(path, { headers });
    expect([answer.status, answer.headers.getSetCookie().length], path).toEqual([status, 2]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  }
});

test("an answer with headers that nobody may change takes the cookies too", async () => {
  const { app, auth, opened, headers } = await browser();
  app.get("/away", auth.guard(), () => Response.redirect("https://elsewhere.example/", 302));
  opened.clock.advance(600_000);
  const answer = await app.request("/away", { headers });
  expect(answer.headers.get("location")).toBe("https://elsewhere.example/");
  expect(answer.headers.getSetCookie()).toHaveLength(2);
});

test("the address is what getConnInfo says, and unknown where nothing says it", async () => {
  const getConnInfo = () => ({ remote: { address: "203.0.113.7" } });
  for (const [options, lastIp] of [
    [{ getConnInfo }, "203.0.113.7"],
    [{}, null],
  ] as const) {
    const { app, auth, opened } = await browser(options);
    app.post("/login", async (c) => c.json((await auth.signIn(c, { ...user, id: "grace" })).body));
    await app.request("/login", { method: "POST" });
    const [session] = (await opened.sessions.list({ ...user, id: "grace" })).sessions;
    expect(session?.lastIp).toBe(lastIp);
  }
});

test("a guard around a part of an application", async () => {
  const { app, auth, headers } = await browser();
  const part = new Hono();
  part.use(auth.guard({ types: ["admin"] }));
  part.get("/users", (c) => c.text("all of them"));
  app.use(auth.routes());
  app.route("/admin", part);
  app.get("/open", (c) => c.text("open"));
  expect((await app.request("/admin/users", { headers })).status).toBe(403);
  expect((await app.request("/open")).status).toBe(200);
  expect((await app.request("/account/sessions", { headers })).status).toBe(200);
});

test("errors: an exception of the application's answers for itself, anything else without a detail", async () => {
  const { app, auth } = await browser();
  app.onError(auth.errors);
  app.get("/teapot", () => {
    throw new HTTPException(418, {
      res: new Response("short and stout", { headers: { "X-Pot": "1" } }),
    });
  });
  app.get("/throws", () => {
    throw new Error("a detail");
  });
  const teapot = await app.request("/teapot");
  expect([teapot.status, await teapot.text()]).toEqual([418, "short and stout"]);
  expect(teapot.headers.get("x-pot")).toBe("1");
  const thrown = await app.request("/throws");
  expect([thrown.status, await thrown.text()]).toEqual([500, "Internal Server Error"]);
});

test("errors: what sessions throw in a handler, a 503 say, is told to onError too", async () => {
  const { app, auth, opened } = await browser();
  app.onError(auth.errors);
  app.get("/away", () => {
    throw new SessionError("store_unavailable", { retryAfter: 3 });
  });
  const away = await app.request("/away");
  expect([away.status, away.headers.get("retry-after")]).toEqual([503, "3"]);
  expect(await away.json()).toMatchObject({ errorCode: "EC005" });
  expect(opened.failures).toHaveLength(1);
});

test("a sign-in beyond the limit is a 409 without an error handler too", async () => {
  const { http } = openApp({}, { maxPerUser: 1, onLimit: "refuse" });
  const auth = rollcall(http);
  const app = new Hono();
  app.post("/login", async (c) => c.json((await auth.signIn(c, user)).body));
  expect((await app.request("/login", { method: "POST" })).status).toBe(200);
  const refused = await app.request("/login", { method: "POST" });
  expect([refused.status, await refused.json()]).toMatchObject([409, { errorCode: "EC009" }]);
  expect(refused.headers.get("retry-after")).toBeNull();
});

test("a body that a middleware has read past Hono is a 400, not a 500", async () => {
  const { app, auth, opened } = await browser();
  app.use(async ({ req }, next) => {
    await req.raw.text();
    await next();
  });
  app.use(auth.routes());
  const body = JSON.stringify({ refreshToken: "x" });
  const answer = await app.request("/auth/refresh", { method: "POST", body });
  expect([answer.status, await answer.json()]).toMatchObject([400, { errorCode: "EC008" }]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(opened.failures).toEqual([]);
});
