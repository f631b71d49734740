import { memory } from "rollcall/memory";
import { expect, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import {
  Auth,
  type AuthConfigurations,
  authMiddleware,
  authService,
  createWarlockApp,
  ForbiddenError,
  RefreshToken,
  type RequestHandler,
  router,
  type WarlockApp,
  type Request as WarlockRequest,
} from "../src/index.js";

/** A model that asks another service for passwords, and so answers later. */
class Member extends Auth<{ id: number }> {
  get userType(): string {
    return "member";
  }
  static override async find(id: string | number): Promise<Member> {
    return new Member({ id: Number(id) });
  }
  static override async first(): Promise<Member> {
    return await Member.find(7);
  }
  override async confirmPassword(password: string): Promise<boolean> {
    return password === "right";
  }
}

const member = new Member({ id: 7 });

function open(auth: Partial<AuthConfigurations> = {}): WarlockApp {
  const app = createWarlockApp({
    auth: { userType: { member: Member }, ...auth },
    store: memory(),
    secret,
  });
  onTestFinished(() => app.close());
  return app;
}

async function ask(
  app: WarlockApp,
  path: string,
  { token = "", ...init }: RequestInit & { token?: string } = {},
): Promise<[number, unknown]> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await app.fetch(new Request(`http://app.example${path}`, { ...init, headers }));
  return [answer.status, await answer.json()];
}

type GuardedRequest = WarlockRequest & { user: Member };
const whoami: RequestHandler<GuardedRequest> = async (request, response) =>
  response.success({ id: request.user.id, row: request.input("row.id", "none") });
whoami.description = "Who is signed in";

router.get("/whoami", whoami, { middleware: [authMiddleware("member")] });
router.get("/maybe", (request, response) => response.success({ is: request.user !== undefined }));
router.get("/thrown", () => {
  throw new ForbiddenError("Not yours", { hint: "ask" });
});
router.post("/find", async (request, response) => {
  const { id, ...rest } = request.body;
  const row = await RefreshToken.first({ id, user_id: 7, user_type: "member", ...rest });
  return row === null ? response.notFound() : response.success({ row });
});
router
  .route("/built")
  .list(() => ({ list: true }))
  .show((request) => ({ id: request.input("id") }));
router.get(["/one", "/two"], [{ both: () => ({ both: true }) }, "both"]);

const alive = async (app: WarlockApp, token: string): Promise<boolean> =>
  (await ask(app, "/whoami", { token }))[0] === 200;

test("a model that answers later is waited for, and only yes is yes", async () => {
  open();
  expect(await authService.login(Member, { email: "a", password: "wrong" })).toBeNull();
  expect(await Member.attempt({ email: "a", password: "right" })).toBeInstanceOf(Member);
});

test("logout ends what each token proves, and falls back as configured without a refresh token", async () => {
  const app = open();
  const [a, b, c] = [
    await member.createTokenPair(),
    await member.createTokenPair(),
    await member.createTokenPair(),
  ];
  const others = await new Member({ id: 8 }).createTokenPair();
  await authService.logout(member, a.accessToken.token, b.refreshToken?.token);
  for (const [pair, is] of [
    [a, false],
    [b, false],
    [c, true],
  ] as const) {
    expect(await alive(app, pair.accessToken.token)).toBe(is);
  }
  await authService.logout(member, c.accessToken.token, others.refreshToken?.token);
  expect(await alive(app, c.accessToken.token)).toBe(false);
  for (const absent of [undefined, null, ""]) {
    const [d, e] = [await member.createTokenPair(), await member.createTokenPair()];
    await authService.logout(member, d.accessToken.token, absent);
    expect(await alive(app, d.accessToken.token)).toBe(false);
    expect(await alive(app, e.accessToken.token)).toBe(false);
  }
  expect(await alive(app, others.accessToken.token)).toBe(true);
  open({ refreshToken: { logoutWithoutToken: "error" } });
  const f = await member.createTokenPair();
  await expect(authService.logout(member, f.accessToken.token)).rejects.toThrow("refresh token");
});

test("RefreshToken.first takes every condition at its word", async () => {
  const app = open();
  await member.createTokenPair();
  const [row = expect.unreachable()] = await member.activeSessions();
  expect([row.get("user_id"), row.familyId]).toEqual([7, row.id]);
  const find = async (filter: object): Promise<number> =>
    (
      await ask(app, "/find", { method: "POST", body: JSON.stringify({ id: row.id, ...filter }) })
    )[0];
  expect(await find({})).toBe(200);
  expect(await find({ revoked_at: null, created_at: row.get("created_at") })).toBe(200);
  expect(await find({ family_id: "another" })).toBe(404);
  expect(await find({ revoked_at: "2020-01-01" })).toBe(404);
  expect(await find({ id: { $ne: null } })).toBe(400);
  expect(await find({ revoked_at: { $ne: null } })).toBe(400);
  await row.revoke();
  expect(await find({ revoked_at: null })).toBe(404);
  const conditions = { id: row.id, user_id: 7, user_type: "member" };
  await expect(RefreshToken.first({ ...conditions, name: "x" })).rejects.toThrow("column name");
  await expect(RefreshToken.first({ id: row.id, user_id: 7 })).rejects.toThrow("user_type");
});

test("handlers without a guard see nobody, and what they throw becomes its status", async () => {
  const app = open();
  expect(await ask(app, "/maybe")).toEqual([200, { is: false }]);
  expect(await ask(app, "/thrown")).toEqual([
    403,
    { error: "Not yours", payload: { hint: "ask" } },
  ]);
  const { accessToken } = await member.createTokenPair();
  const { token } = accessToken;
  expect(await ask(app, "/whoami", { token })).toEqual([200, { id: 7, row: "none" }]);
  expect(await ask(app, "/whoami?row.id=3", { token })).toEqual([200, { id: 7, row: "3" }]);
  expect(await ask(app, "/built")).toEqual([200, { list: true }]);
  expect(await ask(app, "/built/9")).toEqual([200, { id: "9" }]);
  expect(await ask(app, "/two")).toEqual([200, { both: true }]);
});

test("a handler with a schema that nobody would check is refused", () => {
  const handler: RequestHandler = () => ({});
  Reflect.set(handler, "validation", { schema: {} });
  expect(() => router.get("/schema", handler)).toThrow("/schema: only validation.validate");
});

test("of a device the three fields are kept, however long, and none is asked for", async () => {
  open();
  const given = { userAgent: "x".repeat(6000), ip: "192.0.2.1", deviceId: "a\0b\ud800" };
  await member.createTokenPair({ ...given, payload: { secret: 1 } });
  await member.createTokenPair(null);
  const rows = await member.activeSessions();
  // In any order: both may have begun within one millisecond.
  expect(new Set(rows.map((row) => row.get("device_info")))).toEqual(
    new Set([null, { userAgent: "x".repeat(512), ip: "192.0.2.1", deviceId: "ab\ufffd" }]),
  );
});

test("the older shape of the configuration is read, and a session without refresh tokens has none", async () => {
  const jwt = { secret, algorithm: "HS256", expiresIn: "10m", refresh: { enabled: false } };
  const app = createWarlockApp({ auth: { userType: { member: Member }, jwt }, store: memory() });
  onTestFinished(() => app.close());
  const pair = await member.createTokenPair();
  expect(Object.keys(pair)).toEqual(["accessToken"]);
  const life = Date.parse(pair.accessToken.expiresAt) - Date.now();
  expect(life).toBeLessThanOrEqual(600_000);
  expect(await authService.createRefreshToken(member)).toBeUndefined();
});
