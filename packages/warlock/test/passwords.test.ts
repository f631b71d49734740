import { randomBytes, scrypt, scryptSync } from "node:crypto";
import { hashSync } from "bcryptjs";
import fc from "fast-check";
import { memory } from "rollcall/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import {
  Auth,
  authService,
  createWarlockApp,
  hashPassword,
  router,
  verifyPassword,
} from "../src/index.js";

vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return { ...crypto, scrypt: vi.fn(crypto.scrypt) };
});

const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});

/** A hash as a client can make one of any text, at any cost. */
function hashOf(text: string, cost = 1024): string {
  const salt = randomBytes(16);
  const options = { N: cost, r: 8, p: 1, maxmem: 2 ** 27 };
  const key = scryptSync(text.normalize("NFKC"), salt, 32, options);
  return `scrypt$${cost}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** Costs beyond what anybody would wait for: only ever parsed. */
const dear = (cost: number): string =>
  `scrypt$${cost}$${"s".repeat(22)}$${Buffer.alloc(32).toString("base64url")}`;

const ARGON =
  "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const ours = await hashPassword("secret");
const bcrypts = hashSync("secret", 4);

/** What is stored for each of the users, by address. */
const stored = new Map<string, unknown>([
  ["empty@x", ""],
  ["disabled@x", "!"],
  ["star@x", "*"],
  ["plain@x", "secret"],
  ["argon@x", ARGON],
  ["null@x", null],
  ["missing@x", undefined],
  ["number@x", 123_456],
  ["list@x", [ours]],
  ["ours@x", ours],
  ["bcrypt@x", bcrypts],
  ["cut@x", ours.slice(0, -1)],
  ["twice@x", `${ours}${ours}`],
]);

class User extends Auth {
  get userType(): string {
    return "user";
  }
  static override async first({ email }: { email?: unknown }): Promise<User | null> {
    if (typeof email !== "string" || !stored.has(email)) return null;
    return new User({ id: email, email, password: stored.get(email) });
  }
  static override async find(id: string): Promise<User | null> {
    return await User.first({ email: id });
  }
}

router.post("/passwords/login", async (request, response) => {
  const result = await authService.login(User, request.only(["email", "password"]));
  return result === null ? response.unauthorized() : response.success(result);
});
router.post("/passwords/new", async (request) => ({
  hash: await hashPassword(request.input("password")),
}));

async function open(): Promise<(path: string, body: object) => Promise<number>> {
  const app = createWarlockApp({ auth: { userType: { user: User } }, store: memory(), secret });
  onTestFinished(() => app.close());
  const port = await app.listen();
  return async (path, body) => {
    const headers = { "Content-Type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, init);
    await answer.text();
    return answer.status;
  };
}

/** What is missing then takes no longer than a hash of this one does. */
const makeCheap = (): Promise<boolean> => verifyPassword("wrong", bcrypts);

test("no text that a client makes signs it in, whatever is stored", async () => {
  const call = await open();
  await makeCheap();
  const tries: [string, string][] = [
    ["empty@x", hashOf("", 2 ** 15)],
    ["disabled@x", hashOf("!", 2 ** 15)],
    ["argon@x", hashOf(ARGON, 2 ** 15)],
  ];
  for (const [email, value] of stored) {
    if (email === "ours@x") continue;
    const text = String(value ?? "");
    tries.push([email, text], [email, hashOf(text)], [email, hashSync(text, 4)]);
    tries.push([email, hashOf("null")], [email, ours]);
  }
  const passed: string[][] = [];
  await Promise.all(
    tries.map(async ([email, password]) => {
      if ((await call("/passwords/login", { email, password })) !== 401)
        passed.push([email, password]);
    }),
  );
  expect(passed).toEqual([]);
  for (const email of ["ours@x", "bcrypt@x"]) {
    expect(await call("/passwords/login", { email, password: "secret" })).toBe(200);
  }
});

test("the client's text never chooses a cost, and a stored one only what we write", async () => {
  const costs = (): unknown[] =>
    vi.mocked(scrypt).mock.calls.map(([, , , options]) => Reflect.get(Object(options), "N"));
  await makeCheap();
  vi.mocked(scrypt).mockClear();
  for (const cost of [2, 2 ** 14, 2 ** 16, 2 ** 20, 2 ** 30]) {
    expect(await verifyPassword(dear(cost), "!")).toBe(false);
    expect(await verifyPassword("x", dear(cost))).toBe(false);
  }
  expect(costs()).toEqual([]);
});

test("whatever is stored, only a hash that we know verifies anything", async () => {
  await makeCheap();
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.string(), async (value, text) => {
      expect(await verifyPassword(text, value)).toBe(false);
    }),
    { numRuns: 20 },
  );
  expect(await verifyPassword("secret", ours)).toBe(true);
  expect(await verifyPassword("secret", bcrypts)).toBe(true);
  expect(await verifyPassword(ours, "secret")).toBe(false);
  // A hash may be somebody's password.
  expect(await verifyPassword(ours, await hashPassword(ours))).toBe(true);
});

test("an account without a hash, and none at all, take the work of any other", async () => {
  const work = async (email: string): Promise<number> => {
    vi.mocked(scrypt).mockClear();
    await authService.attemptLogin(User, { email, password: "wrong" });
    return vi.mocked(scrypt).mock.calls.length;
  };
  await work("ours@x");
  for (const email of ["ours@x", "nobody@x", "empty@x"]) {
    expect([email, await work(email)]).toEqual([email, 1]);
  }
});

test("a condition that is left out, or no plain value, finds nobody", async () => {
  await makeCheap();
  const asked: unknown[] = [];
  const Model = {
    first(filter: object) {
      asked.push(filter);
      return Promise.resolve(new User({ id: 1 }));
    },
    find: () => Promise.resolve(null),
  };
  for (const email of [undefined, null, { $ne: 1 }, ["a@b.c"]]) {
    expect(await authService.attemptLogin(Model, { email, password: "x" })).toBeNull();
    expect(await authService.attemptLogin(Model, { a: "b", email, password: "x" })).toBeNull();
  }
  for (const operator of ["$where", "$or", "$expr"]) {
    const conditions = { email: "a@b.c", [operator]: "true", password: "x" };
    expect(await authService.attemptLogin(Model, conditions)).toBeNull();
  }
  expect(asked).toEqual([]);
});

test("how long a password is, is asked before anything else", async () => {
  const call = await open();
  await makeCheap();
  const normalize = vi.spyOn(String.prototype, "normalize");
  onTestFinished(() => normalize.mockRestore());
  const long = "\ufdfa".repeat(300_000);
  expect(await call("/passwords/login", { email: "ours@x", password: long })).toBe(401);
  expect(await call("/passwords/login", { email: "nobody@x", password: long })).toBe(401);
  expect(await call("/passwords/new", { password: long })).toBe(400);
  expect(await call("/passwords/new", { password: 123_456 })).toBe(400);
  expect(await verifyPassword("a".repeat(1025), ours)).toBe(false);
  const lengths = normalize.mock.contexts.map((text) => String(text).length);
  expect(Math.max(0, ...lengths)).toBeLessThan(1025);
  const longest = "a".repeat(1024);
  expect(await verifyPassword(longest, await hashPassword(longest))).toBe(true);
});

test("who gives the hash first is told once, and of no secret", async () => {
  vi.resetModules();
  const { verifyPassword: fresh } = await import("../src/core/passwords.js");
  await fresh("wrong", bcrypts);
  warned.mockClear();
  await fresh(ours, "secret");
  await fresh(ours, "secret");
  expect(warned).toHaveBeenCalledTimes(1);
  expect(String(warned.mock.calls[0]?.[0])).toMatch(/sent first and the stored hash second/);
  expect(String(warned.mock.calls[0]?.[0])).not.toContain(ours);
});
