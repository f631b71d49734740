import { hashSync } from "bcryptjs";
import { sign } from "hono/jwt";
import { memory } from "rollcall/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { faulty } from "../../../rollcall/test/support/faulty-store.js";
import {
  authEvents,
  authMiddleware,
  authService,
  createWarlockApp,
  jwt,
  loginThrottleMiddleware,
  router,
  verifyPassword,
} from "../../src/index.js";
import { open, refreshOf, SECRET, Staff, User, user } from "./support.js";

// The rows of the README's table that are about who passes, and who is told of it.

const who = { middleware: authMiddleware("user") };
router.get("/guards/user", (request) => ({ id: request.user.id }), who);
router.get(
  "/guards/maybe",
  ({ request, response }) => response.success({ id: request.locals.user?.id ?? null }),
  {
    middleware: [authMiddleware()],
  },
);

test("authMiddleware()", async () => {
  const { as, ask } = open();
  const { token } = await user.generateAccessToken();
  expect(await ask("/guards/maybe")).toEqual([200, { id: null }]);
  expect(await as(token, "/guards/maybe")).toEqual([200, { id: 7 }]);
  expect(await as("forged", "/guards/maybe")).toMatchObject([401, { errorCode: "EC002" }]);
});

test("Another user type", async () => {
  const { as } = open();
  const { token } = await new Staff({ id: 7 }).generateAccessToken();
  expect(await as(token, "/guards/user")).toMatchObject([403, { errorCode: "EC003" }]);
});

test("A database that is away", async () => {
  const database = faulty(memory());
  const { as, clock } = open({}, { store: database.store });
  const pair = await user.createTokenPair();
  database.state.away = true;
  clock.advance(60_000);
  const answer = await as(pair.accessToken.token, "/guards/user");
  expect(answer).toMatchObject([503, { errorCode: "EC005" }]);
  await expect(authService.refreshTokens(refreshOf(pair))).rejects.toMatchObject({ status: 503 });
});

test("Tokens from there", async () => {
  const { as } = open({ accessToken: { secret: SECRET } });
  const exp = 4_000_000_000;
  const theirs = await sign({ id: 7, userType: "user", tokenType: "access", exp }, SECRET, "HS256");
  expect((await as(theirs, "/guards/user"))[0]).toBe(401);
  // What is signed here by hand signs nobody in either.
  const own = await jwt.generate({ id: 7, userType: "user" }, { expiresIn: "1h" });
  expect((await as(own, "/guards/user"))[0]).toBe(401);
  const family = await jwt.generateRefreshToken(
    { userId: 7, userType: "user" },
    { expiresIn: "1h" },
  );
  expect(await authService.refreshTokens(family)).toBeNull();
});

test("Events of a refresh", async () => {
  open();
  const pair = await user.createTokenPair();
  const heard: string[] = [];
  for (const name of ["token.created", "session.created", "token.refreshed"] as const) {
    authEvents.on(name, () => void heard.push(name));
  }
  await authService.refreshTokens(refreshOf(pair));
  expect(heard).toEqual(["token.refreshed"]);
});

test("Listeners", () => {
  const { failures } = open();
  const heard: string[] = [];
  authEvents.on("logout", () => {
    throw new Error("a listener's own");
  });
  authEvents.on("logout", () => void heard.push("the next"));
  authEvents.emit("logout", user);
  // In the same turn: nothing was awaited.
  expect([heard, failures]).toEqual([["the next"], [new Error("a listener's own")]]);
});

test("a listener that fails later is logged, too", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  const auth = { userType: { user: User } };
  const app = createWarlockApp({ auth, store: memory(), secret: SECRET });
  onTestFinished(() => app.close());
  onTestFinished(() => authEvents.unsubscribeAll());
  authEvents.on("logout", () => Promise.reject(new Error("later")));
  authEvents.emit("logout", user);
  await expect
    .poll(() => printed.mock.calls)
    .toEqual([["rollcall-warlock: a listener of logout failed:", new Error("later")]]);
  printed.mockRestore();
});

test("Cleanup", async () => {
  const { clock } = open();
  const heard: unknown[] = [];
  authEvents.on("token.expired", () => void heard.push("expired"));
  authEvents.on("cleanup.completed", (count) => void heard.push(count));
  await user.createTokenPair();
  clock.advance(31 * 86_400_000);
  expect(await authService.cleanupExpiredTokens()).toBe(0);
  clock.advance(30 * 86_400_000);
  expect(await authService.cleanupExpiredTokens()).toBe(1);
  expect(heard).toEqual([0, 1]);
});

test("Passwords", async () => {
  expect(await authService.hashPassword("right")).toMatch(/^scrypt\$/);
  await expect(authService.hashPassword("x".repeat(1025))).rejects.toThrow("1024");
  expect(await verifyPassword("right", hashSync("right", 4))).toBe(true);
});

test("Conditions of a sign-in", async () => {
  open();
  const password = "right";
  expect(await authService.login(User, { email: "ada@example.com", password })).not.toBeNull();
  for (const filter of [{}, { email: { $ne: null } }, { email: "ada@example.com", $where: "1" }]) {
    expect(await authService.login(User, { ...filter, password })).toBeNull();
  }
});

const tried = vi.fn();
router.post(
  "/guards/login",
  async (request, response) => {
    tried();
    await new Promise(setImmediate);
    return response.success({ ok: request.bool("ok") });
  },
  {
    middleware: loginThrottleMiddleware({
      max: 2,
      isFailure: (response) => response.parsedBody?.ok === false,
    }),
  },
);

test("loginThrottleMiddleware", async () => {
  const { ask } = open();
  const body = JSON.stringify({ email: "ada@example.com", ok: false });
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => ask("/guards/login", { method: "POST", body })),
  );
  expect(answers.map(([status]) => status).sort()).toEqual([200, 200, 429, 429]);
  // What those two answered were failures, though their status was 200: it is locked now.
  await new Promise(setImmediate);
  expect((await ask("/guards/login", { method: "POST", body }))[0]).toBe(429);
  expect(tried).toHaveBeenCalledTimes(2);
});
