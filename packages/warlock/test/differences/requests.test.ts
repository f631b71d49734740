import { inspect } from "node:util";
import { expect, test } from "vitest";
import * as facade from "../../src/index.js";
import {
  authMigrations,
  authService,
  ConflictError,
  command,
  config,
  createWarlockApp,
  defineConfig,
  env,
  jwt,
  type RequestHandler,
  registerAuthCleanupCommand,
  router,
  t,
} from "../../src/index.js";
import { open, refreshOf, SECRET, User, user } from "./support.js";

// The rows of the README's table that are about the framework, and what is exported.

test("Exports", () => {
  const names = Object.keys(facade);
  for (const name of ["accessTokenSchema", "refreshTokenSchema"]) expect(names).not.toContain(name);
});

test("authMigrations", () => {
  expect(defineConfig({ database: { migrations: [...authMigrations] } })).toEqual({
    database: { migrations: [] },
  });
});

test("Commands", async () => {
  open();
  const cleanup = registerAuthCleanupCommand();
  expect(cleanup.name).toBe("auth.cleanup");
  await cleanup.execute();
  const steps: unknown[] = [];
  const own = command({
    name: "own",
    preload: { config: ["auth"] },
    preAction: () => steps.push("first"),
    action: ({ options }) => steps.push(options?.["dry"]),
  });
  await own.execute({ options: { dry: true } });
  expect(steps).toEqual(["first", true]);
});

test("jwt", async () => {
  const { clock } = open({ accessToken: { secret: SECRET, algorithm: "HS512" } });
  const token = await jwt.generate({ email: "ada@example.com" }, { expiresIn: 60_000 });
  const seconds = Math.floor(clock.now() / 1000);
  const said = { email: "ada@example.com", tokenType: "access", iat: seconds, exp: seconds + 60 };
  expect(await jwt.verify(token)).toEqual(said);
  const family = await jwt.generateRefreshToken({ id: 7 }, { expiresIn: "1h" });
  const endless = await jwt.generate({ id: 7 });
  for (const check of [
    () => jwt.verify(`${token}x`),
    () => jwt.verify("garbage"),
    () => jwt.verify(token, { key: `other ${SECRET}` }),
    () => jwt.verify(token, { algorithms: ["HS256"] }),
    () => jwt.verifyRefreshToken(token),
    () => jwt.verify(family),
    () => jwt.verify(endless),
  ]) {
    const error: unknown = await check().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "credential_invalid" });
    // A token that is good elsewhere must not reach a log.
    expect(inspect(error)).not.toContain(token.slice(0, 40));
  }
  const unknown = Reflect.apply(jwt.verify, jwt, [token, { allowedIss: "somebody" }]);
  await expect(unknown).rejects.toThrow("the option allowedIss is not known");
  clock.advance(60_000);
  await expect(jwt.verify(token)).rejects.toThrow("run out");
  const pair = await user.createTokenPair({ payload: { team: "blue" } });
  expect(await jwt.verify(pair.accessToken.token)).toMatchObject({ id: "7", team: "blue" });
  const ofRow = { userId: "7", userType: "user", familyId: expect.any(String) };
  expect(await jwt.verifyRefreshToken(refreshOf(pair))).toMatchObject(ofRow);
  await expect(jwt.verify(refreshOf(pair))).rejects.toThrow();
});

test("env", () => {
  const sent = { A: "true", B: "null", C: "8080", D: "00123", E: "", F: "secret", G: "1e3" };
  const { env: before } = process;
  process.env = { ...before, ...sent };
  const read = Object.keys(sent).map((name) => env(name, "fallback"));
  process.env = before;
  expect(read).toEqual([true, null, 8080, "00123", "", "secret", "1e3"]);
  expect([env("NOT_THERE_AT_ALL"), env("NOT_THERE_AT_ALL", 7)]).toEqual([undefined, 7]);
});

test("config", () => {
  open({ jwt: { expiresIn: "10m" } });
  expect([
    config.key("auth.jwt.expiresIn", "1h"),
    config.key("auth.jwt.refresh.maxPerUser", 5),
    config.key("database.host", "none"),
    config.key("auth.constructor"),
  ]).toEqual(["10m", 5, "none", undefined]);
  expect(config.get("auth").userType.user).toBe(User);
});

test("Models", async () => {
  class Bare extends facade.Auth<{ name: string }> {
    get userType(): string {
      return "bare";
    }
    get permissions(): string[] {
      return this.get<string[]>("permissions", []);
    }
  }
  expect(() => Bare.find(7)).toThrow("find(id) of its own");
  const bare = new Bare({ id: 7, name: "Ada" });
  const name: string = bare.get("name");
  const nick: string = bare.get("nick", "none");
  expect([name, nick, bare.permissions]).toEqual(["Ada", "none", []]);
  // Whatever it is: it is not looked at.
  open({ accessToken: { model: class {} } });
  expect(await authService.getActiveSessions(user)).toEqual([]);
});

test("Schemas of handlers", () => {
  const handler: RequestHandler = () => ({});
  Reflect.set(handler, "validation", { schema: {} });
  expect(() => router.get("/requests/schema", handler)).toThrow("no schema");
});

test("The rest of the framework", () => {
  for (const name of ["v", "Application", "restfulResource", "storage"]) {
    expect(Object.keys(facade)).not.toContain(name);
  }
});

test("Unknown options", () => {
  const make = (options: object): unknown => Reflect.apply(createWarlockApp, undefined, [options]);
  expect(() => make({ auth: { userType: {} }, trustProxy: true })).toThrow("trustProxy");
  expect(() => Reflect.apply(router.get, router, ["/x", () => ({}), { rateLimit: 5 }])).toThrow(
    "rateLimit",
  );
});

router.get("/requests/throws", (request) => {
  throw request.input("known") ? new ConflictError("taken") : new Error("detail");
});

test("What a handler throws", async () => {
  const { ask } = open();
  const [status, body] = await ask("/requests/throws");
  expect([status, JSON.stringify(body)]).toEqual([500, expect.not.stringContaining("detail")]);
  expect(await ask("/requests/throws?known=true")).toEqual([409, { error: "taken" }]);
});

const sends: RequestHandler = (_request, response) => {
  response.forbidden({ no: 1 });
};
router.get("/requests/sent", () => ({ reached: true }), { middleware: sends });

test("Answers sent, not returned", async () => {
  expect(await open().ask("/requests/sent")).toEqual([403, { no: 1 }]);
});

test("Columns", () => {
  class Careless extends User {
    static override toJsonColumns: readonly string[] = ["id", "password"];
  }
  expect(new Careless({ id: 7, password: "hash" }).toJSON()).toEqual({ id: 7 });
});

router.post("/requests/echo", (request) => ({ all: request.all(), ip: request.ip }));

test("Bodies", async () => {
  const { ask } = open();
  const form = new FormData();
  form.set("name", "x");
  expect(await ask("/requests/echo", { method: "POST", body: form })).toMatchObject([
    200,
    { all: {} },
  ]);
  const [status] = await ask("/requests/echo", { method: "POST", body: "x".repeat(1_048_577) });
  expect(status).toBe(400);
});

test("Names of inputs", async () => {
  const body = '{"id[$ne]":1,"__proto__":{"admin":true}}';
  const answer = await open().ask("/requests/echo", { method: "POST", body });
  expect(answer).toMatchObject([200, { all: { "id[$ne]": 1 } }]);
  expect(JSON.stringify(answer)).not.toContain("admin");
});

test("request.ip", async () => {
  const of = async (trustedProxies: number): Promise<unknown> => {
    const { app } = open({}, { trustedProxies });
    const headers = { "X-Forwarded-For": "192.0.2.1" };
    const request = new Request("http://app.example/requests/echo", { method: "POST", headers });
    return (await (await app.fetch(request, { address: "203.0.113.9" })).json()).ip;
  };
  expect([await of(0), await of(1)]).toEqual(["203.0.113.9", "192.0.2.1"]);
});

test("t", () => {
  expect(t("auth.errors.missing", { name: "x" })).toBe("auth.errors.missing");
});
