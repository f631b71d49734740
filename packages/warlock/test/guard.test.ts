import { memory } from "rollcall/memory";
import { manualClock } from "rollcall/testing";
import { expect, onTestFinished, test } from "vitest";
import { faulty } from "../../rollcall/test/support/faulty-store.js";
import { secret } from "../../rollcall/test/support/sessions.js";
import {
  Auth,
  AuthErrorCodes,
  authMiddleware,
  authService,
  createWarlockApp,
  type Middleware,
  type RequestHandler,
  router,
  type WarlockApp,
  Response as WarlockResponse,
} from "../src/index.js";

const people = new Set<number>();

class User extends Auth {
  get userType(): string {
    return "user";
  }
  static override async find(id: string | number): Promise<User | null> {
    return people.has(Number(id)) ? new User({ id: Number(id) }) : null;
  }
}

const user = new User({ id: 7 });
const clock = manualClock();
const database = faulty(memory());

function open(): WarlockApp {
  people.add(7);
  const { store } = database;
  const app = createWarlockApp({ auth: { userType: { user: User } }, store, secret, clock });
  onTestFinished(() => app.close());
  return app;
}

const ask = (app: WarlockApp, path: string, authorization = ""): Promise<Response> =>
  app.fetch(new Request(`http://app.example${path}`, { headers: { authorization } }));

const seen: RequestHandler = (request) => ({
  id: request.user.id,
  decoded: request["decodedAccessToken"],
});
router.get("/guarded", seen, { middleware: authMiddleware("user") });
router.get("/guarded/staff", seen, { middleware: authMiddleware(["staff", "admin"]) });

/** A guard of one's own around it, which answers in its own way. */
const composed: Middleware = async (request, response) => {
  request.user = "somebody else's";
  const refused = await authMiddleware([])(request, response);
  if (!(refused instanceof WarlockResponse)) return undefined;
  expect([refused.statusCode, request.user]).toEqual([401, undefined]);
  return refused.header("X-Refused", refused.body.errorCode);
};
router.get("/guarded/composed", seen, { middleware: composed });

test("a refusal has its status, its code and its challenge, and can be passed on", async () => {
  const app = open();
  const { accessToken } = await user.createTokenPair();
  const invalid = 'Bearer error="invalid_token"';
  for (const [path, authorization, ...expected] of [
    ["/guarded", "", 401, "EC001", "Bearer"],
    ["/guarded", "Basic abc", 401, "EC001", "Bearer"],
    ["/guarded", "Bearer x", 401, "EC002", invalid],
    ["/guarded/staff", `Bearer ${accessToken.token}`, 403, "EC003", null],
    ["/guarded/composed", "Bearer x", 401, "EC002", invalid],
  ] as const) {
    const answer = await ask(app, path, authorization);
    const { error, errorCode } = await answer.json();
    expect(error).toEqual(expect.any(String));
    expect([answer.status, errorCode, answer.headers.get("www-authenticate")]).toEqual(expected);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const passed = path.endsWith("composed") ? AuthErrorCodes.InvalidAccessToken : null;
    expect(answer.headers.get("x-refused")).toBe(passed);
  }
});

test("a token passes by either of its schemes, and tells the id as the user has it", async () => {
  const app = open();
  const { token } = await user.generateAccessToken();
  for (const scheme of ["Bearer", "Key", "key"]) {
    const answer = await ask(app, "/guarded", `${scheme} ${token}`);
    const decoded = { id: 7, userType: "user", tokenType: "access", created_at: clock.now() };
    expect(await answer.json()).toMatchObject({ id: 7, decoded });
  }
  const composedAnswer = await ask(app, "/guarded/composed", `Key ${token}`);
  expect(composedAnswer.status).toBe(200);
});

test("the token of a user who was deleted is refused", async () => {
  const app = open();
  const { accessToken } = await user.createTokenPair();
  const authorization = `Bearer ${accessToken.token}`;
  expect((await ask(app, "/guarded", authorization)).status).toBe(200);
  people.delete(7);
  const answer = await ask(app, "/guarded", authorization);
  expect([answer.status, await answer.json()]).toMatchObject([401, { errorCode: "EC002" }]);
});

test("a database that is away is a 503, never a refusal", async () => {
  const app = open();
  const { accessToken, refreshToken } = await user.createTokenPair();
  database.state.away = true;
  onTestFinished(() => {
    database.state.away = false;
  });
  clock.advance(60_000);
  const answer = await ask(app, "/guarded", `Bearer ${accessToken.token}`);
  expect([answer.status, await answer.json()]).toMatchObject([503, { errorCode: "EC005" }]);
  await expect(authService.refreshTokens(refreshToken?.token ?? "")).rejects.toMatchObject({
    code: "store_unavailable",
  });
});

test("what a token is about, as there", () => {
  open();
  const payload = { id: 7, userType: "user", created_at: clock.now() };
  expect(authService.buildAccessTokenPayload(user)).toEqual(payload);
  expect(user.accessTokenPayload()).toEqual(payload);
});
