import { inspect } from "node:util";
import { memory } from "rollcall/memory";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import {
  Auth,
  type AuthConfigurations,
  authMiddleware,
  authService,
  createWarlockApp,
  type Expiration,
  NO_EXPIRATION,
  RefreshToken,
  router,
  type WarlockApp,
} from "../src/index.js";

const hash = await authService.hashPassword("right");

function model(type: string) {
  return class Model extends Auth {
    get userType(): string {
      return type;
    }
    static override async find(id: string | number): Promise<Auth | null> {
      return id === "7" || id === 7 ? new Model({ id: 7, email: "a@b.c", password: hash }) : null;
    }
    static override async first({
      email,
    }: Readonly<Record<string, unknown>>): Promise<Auth | null> {
      return email === "a@b.c" ? await Model.find(7) : null;
    }
  };
}

const [User, Admin] = [model("user"), model("admin")];
const user = new User({ id: 7 });
let app: WarlockApp;

beforeEach(() => {
  app = createWarlockApp({
    auth: { userType: { user: User, admin: Admin } },
    store: memory(),
    secret,
  });
  onTestFinished(() => app.close());
});

const get = async (path: string, init: RequestInit = {}): Promise<[number, unknown]> => {
  const answer = await app.fetch(new Request(`http://app.example${path}`, init));
  const text = await answer.text();
  return [answer.status, text === "" ? null : JSON.parse(text)];
};
const bearer = (token: string): RequestInit => ({ headers: { Authorization: `Bearer ${token}` } });

router.group(
  {
    prefix: "/things",
    middleware: [
      (request, response) =>
        request.header("x-stop") ? response.forbidden({ stopped: true }) : undefined,
    ],
  },
  () => {
    router.get("/", (_request, response) =>
      response.success({ when: new Date(0), gone: undefined }),
    );
    router.post("/:id", (request, response) =>
      response.successCreate([
        request.input("id"),
        request.input("q"),
        request.input("b"),
        request.input("z", 1),
      ]),
    );
    router.delete("/:id", (_request, response) => response.noContent());
  },
);
router.get("/admins", (request) => ({ id: request.user.id }), {
  middleware: authMiddleware("admin"),
});
router.get("/any", (request) => ({ type: request.user.userType }), {
  middleware: authMiddleware([]),
});
test("groups, input by precedence, helpers, dates and undefined", async () => {
  expect(await get("/things")).toEqual([200, { when: "1970-01-01T00:00:00.000Z" }]);
  expect(await get("/things/")).toEqual([200, { when: "1970-01-01T00:00:00.000Z" }]);
  expect(await get("/things", { headers: { "x-stop": "1" } })).toEqual([403, { stopped: true }]);
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id: "body", q: "body", b: "body" }),
  };
  expect(await get("/things/path?id=query&q=query", init)).toEqual([
    201,
    ["path", "query", "body", 1],
  ]);
  expect(await get("/things/1", { method: "DELETE" })).toEqual([204, null]);
  expect((await get("/things/1", { ...init, body: "{" }))[0]).toBe(400);
  const large = new Blob(["x".repeat(1_048_577)]).stream();
  const streamed = { ...init, body: large, duplex: "half" };
  expect((await get("/things/1", streamed))[0]).toBe(400);
});

test("user types are told apart, also with one id", async () => {
  const { accessToken } = await authService.createTokenPair(user);
  expect(await get("/any", bearer(accessToken.token))).toEqual([200, { type: "user" }]);
  expect(await get("/admins", bearer(accessToken.token))).toMatchObject([
    403,
    { errorCode: "EC003" },
  ]);
  const [row] = await user.activeSessions();
  const id = row?.id;
  expect(await RefreshToken.first({ id, user_id: 7, user_type: "admin" })).toBeNull();
  expect(await RefreshToken.first({ id, user_id: 8, user_type: "user" })).toBeNull();
  expect((await RefreshToken.first({ id, user_id: "7", user_type: "user" }))?.id).toBe(id);
});

test("operator objects are refused", async () => {
  const filter = { id: "x", user_id: { $ne: 1 }, user_type: "user" };
  await expect(RefreshToken.first(filter)).rejects.toThrow("user_id must be a plain value");
  expect(await authService.login(User, { email: { $ne: 1 }, password: "right" })).toBeNull();
});

test("a row ends once, with its access token, and shows no token", async () => {
  const { accessToken, refreshToken } = await user.createTokenPair({ ip: "192.0.2.1" });
  const [row] = await authService.getActiveSessions(user);
  if (row === undefined) throw new Error("no row");
  expect([row.isValid, row.isRevoked, row.get("device_info")]).toEqual([
    true,
    false,
    { ip: "192.0.2.1" },
  ]);
  await row.revoke();
  const first = row.get("revoked_at");
  await row.revoke();
  expect([row.isValid, row.isRevoked, row.get("revoked_at")]).toEqual([false, true, first]);
  expect((await get("/any", bearer(accessToken.token)))[0]).toBe(401);
  expect(await authService.refreshTokens(refreshToken?.token ?? "")).toBeNull();
  for (const shown of [JSON.stringify(row), inspect(row, { depth: 9, showHidden: true })]) {
    expect(shown).not.toContain(accessToken.token);
    expect(shown).not.toContain(refreshToken?.token);
  }
});

test("sign in, refresh, sign out", async () => {
  expect(await authService.login(User, { email: "a@b.c", password: "wrong" })).toBeNull();
  const result = await authService.login(User, { email: "a@b.c", password: "right" });
  const { accessToken, refreshToken } = result?.tokens ?? expect.unreachable();
  expect(JSON.stringify(result)).not.toContain("scrypt");
  const other = await authService.createTokenPair(user);
  // Somebody else's token ends nothing.
  await authService.logout(new User({ id: 8 }), accessToken.token, refreshToken?.token);
  const pair = await authService.refreshTokens(refreshToken?.token ?? "");
  await authService.logout(user, pair?.accessToken.token, pair?.refreshToken?.token);
  expect((await get("/any", bearer(accessToken.token)))[0]).toBe(401);
  expect((await get("/any", bearer(other.accessToken.token)))[0]).toBe(200);
  await authService.logout(user);
  expect((await get("/any", bearer(other.accessToken.token)))[0]).toBe(401);
  const last = await authService.createTokenPair(user);
  const [row] = await user.activeSessions();
  await authService.revokeTokenFamily(String(row?.get("family_id")));
  expect((await get("/any", bearer(last.accessToken.token)))[0]).toBe(401);
});

test("no more than five sessions of a user, as there", async () => {
  for (let i = 0; i < 7; i++) await authService.createTokenPair(user);
  expect(await user.activeSessions()).toHaveLength(5);
});

test("lives are read as there", () => {
  const make = (expiresIn: Expiration): void => {
    const auth: AuthConfigurations = { userType: {}, accessToken: { expiresIn } };
    const made = createWarlockApp({ auth, store: memory(), secret });
    onTestFinished(() => made.close());
  };
  const good: Expiration[] = ["1h", "1d 2h", 60_000, { hours: 1, minutes: 30 }, NO_EXPIRATION];
  good.push("30 days", "1 hour", "2 weeks", "1y", "1.5h", "90000ms");
  for (const life of good) make(life);
  for (const life of ["30dayz", "", "0d", "1h of", -1, {}]) {
    expect(() => make(life)).toThrow("accessToken.expiresIn");
  }
});
