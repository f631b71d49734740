import { memory } from "rollcall/memory";
import { expect, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import {
  Auth,
  authMiddleware,
  createWarlockApp,
  router,
  type WarlockAppOptions,
} from "../src/index.js";

// Code for the package is run without its types: here is what they would have refused.

class User extends Auth {
  get userType(): string {
    return "user";
  }
  static override find(id: string | number): Promise<User> {
    return Promise.resolve(new User({ id }));
  }
}

/** A call as code without types makes it. */
// biome-ignore lint/complexity/noBannedTypes: any function of the facade
const untyped = (call: Function, ...given: readonly unknown[]): unknown =>
  Reflect.apply(call, undefined, given);

test.each([
  ["an object", { userType: "admin" }],
  ["a set", new Set(["admin"])],
  ["a map", new Map([["admin", true]])],
  ["nothing, where a type was meant", undefined],
  ["null", null],
  ["an empty name", ""],
  ["a number", 7],
  ["yes", true],
  ["a function", () => ["admin"]],
  ["a list with nothing in it that was meant", [undefined]],
  ["a list of lists", [["admin"]]],
  ["a list with an empty name", ["admin", ""]],
  // biome-ignore lint/suspicious/noSparseArray: what an import that failed leaves behind
  ["a list with a hole", [, "admin"]],
  ["something that looks like a list", { length: 0 }],
])("a guard for %s is refused when it is made", (_what, types) => {
  expect(() => untyped(authMiddleware, types)).toThrow(/^authMiddleware takes a user type/);
});

test("a guard with a second argument, which it would not look at, is refused", () => {
  expect(() => untyped(authMiddleware, "admin", { verified: true })).toThrow(/^authMiddleware/);
});

test("a guard keeps what it was made with", async () => {
  const types = ["admin"];
  router.get("/refused/kept", () => ({}), { middleware: authMiddleware(types) });
  types.length = 0;
  const app = open();
  const { accessToken } = await new User({ id: 7 }).createTokenPair();
  const headers = { Authorization: `Bearer ${accessToken.token}` };
  const request = new Request("http://app.example/refused/kept", { headers });
  expect((await app.fetch(request)).status).toBe(403);
});

function open(options: object = {}): ReturnType<typeof createWarlockApp> {
  const base = { auth: { userType: { user: User } }, store: memory(), secret };
  const whole: WarlockAppOptions = { ...base, ...options };
  const app = createWarlockApp(whole);
  onTestFinished(() => app.close());
  return app;
}

const auth = (more: object): object => ({ auth: { userType: { user: User }, ...more } });
const user = (more: object): object => ({
  auth: { userType: { user: Object.assign(class extends User {}, more) } },
});

test.each([
  [{ trustProxy: 1 }, "the option trustProxy is not known"],
  [{ auth: undefined }, "auth must be an object"],
  [{ auth: {} }, "auth.userType must be"],
  [{ auth: { userType: [User] } }, "auth.userType must be"],
  [{ auth: { userType: { user: undefined } } }, "auth.userType.user must be a user model"],
  [{ auth: { userType: { user: "User" } } }, "auth.userType.user must be a user model"],
  [{ auth: { userType: { "no type": User } } }, "a user type must be"],
  [auth({ guards: {} }), "auth: the option guards is not known"],
  [auth({ canAuthenticate: () => false }), "Remove it, and do in your own code what it did"],
  [auth({ accessToken: "1h" }), "auth.accessToken must be an object"],
  [auth({ accessToken: { expiresin: "5m" } }), "the option expiresin is not known"],
  [auth({ accessToken: { expiresIn: { hours: 1, minute: 1 } } }), "accessToken.expiresIn"],
  [auth({ refreshToken: { enabled: "false" } }), "refreshToken.enabled must be true or false"],
  [auth({ refreshToken: { rotation: 1 } }), "refreshToken.rotation must be true or false"],
  [auth({ refreshToken: { maxPerUser: "5" } }), "maxPerUser"],
  [auth({ refreshToken: { logoutWithoutToken: "eror" } }), "logoutWithoutToken must be"],
  [auth({ jwt: { refresh: { max: 3 } } }), "auth.jwt.refresh: the option max is not known"],
  [auth({ password: { cost: 12 } }), "auth.password: the option cost is not known"],
  [user({ toJsonColumns: "id" }), "toJsonColumns must be an array"],
  [user({ hidden: new Set(["pin"]) }), "hidden must be an array"],
  [user({ hidden: ["profile.pin"] }), "hidden must be an array"],
  [user({ resource: {} }), "resource must be a class"],
])("an application with %j is refused", (options, said) => {
  expect(() => open(options)).toThrow(said);
});

const handler = (): object => ({});
const guard = authMiddleware("admin");

test.each([
  [{ middlewares: [guard] }, "/r: the option middlewares is not known"],
  [{ guard }, "/r: the option guard is not known"],
  [{ rateLimit: { max: 1 } }, "/r: the option rateLimit is not known"],
  [{ middleware: [undefined] }, "/r: middleware must be"],
  [{ middleware: new Set([guard]) }, "/r: middleware must be"],
  [{ middleware: "auth" }, "/r: middleware must be"],
  [{ middleware: null }, "/r: middleware must be"],
  // biome-ignore lint/suspicious/noSparseArray: what an import that failed leaves behind
  [{ middleware: [,] }, "/r: middleware must be"],
  [{ middleware: guard, middlewarePrecedence: "first" }, "/r: middlewarePrecedence must be"],
  [guard, "the option"],
  [[guard], "/r must be an object"],
])("a route with %j is refused, by each way to register it", (options, said) => {
  const given = typeof options === "function" ? Object.assign(() => {}, { options }) : options;
  for (const register of [
    () => untyped(router.get, "/r", handler, given),
    () => untyped(router.route("/r").list, handler, given),
    () => untyped(router.route, "/r", given),
    () => untyped(router.route("/r").crud, { list: handler }, given),
    () => untyped(router.route("/r").nest, "", given),
  ]) {
    expect(register).toThrow(TypeError);
    if (typeof given === "object" && !Array.isArray(given)) expect(register).toThrow(said);
  }
});

test.each([
  [{ middlewares: [guard] }, "the option middlewares is not known"],
  [{ middleware: [undefined] }, "middleware must be"],
  [{ prefix: "/g", rateLimit: {} }, "the group /g: the option rateLimit is not known"],
])("a group with %j is refused", (options, said) => {
  expect(() => untyped(router.group, options, () => {})).toThrow(said);
});

test("what would be called, and cannot be, is refused when it is registered", () => {
  expect(() => untyped(router.get, "/r", undefined)).toThrow("a route needs a handler");
  expect(() => untyped(router.get, "/r", "sessions.list")).toThrow("a route needs a handler");
  const checked = Object.assign(() => ({}), { validation: { validate: { schema: 1 } } });
  expect(() => untyped(router.get, "/r", checked)).toThrow("validate must be a function");
  const controller = { create: handler, createValidate: { rules: [] } };
  expect(() => untyped(router.get, "/r", [controller, "create"])).toThrow("createValidate must be");
});
