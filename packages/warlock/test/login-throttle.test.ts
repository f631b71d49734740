import { memory } from "rollcall/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import { optionalPeer } from "../src/core/optional-peer.js";
import {
  createWarlockApp,
  type LoginThrottleOptions,
  loginThrottleMiddleware,
  type RequestHandler,
  router,
  type WarlockApp,
} from "../src/index.js";

let opened = 0;

const answer: RequestHandler = (request, response) =>
  request.body["ok"] ? response.success() : response.unauthorized();

interface Login {
  readonly app: WarlockApp;
  readonly path: string;
  /** The status, what it answers and `Retry-After`. */
  send(body: object, query?: string, address?: string): Promise<[number, unknown, string | null]>;
  /** The status of one that fails unless it is told `ok`. */
  as(email: unknown, ok?: boolean): Promise<number>;
}

/** A sign-in that fails unless it is told `ok`. */
function openLogin(options: LoginThrottleOptions, handler: RequestHandler = answer): Login {
  opened += 1;
  const path = `/login-${opened}`;
  router.post(path, handler, { middleware: loginThrottleMiddleware(options) });
  const app = createWarlockApp({ auth: { userType: {} }, store: memory(), secret });
  onTestFinished(() => app.close());
  const send: Login["send"] = async (body, query = "", address = "192.0.2.1") => {
    const init = {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    };
    const request = new Request(`http://app.example${path}${query}`, init);
    const answered = await app.fetch(request, { address });
    return [answered.status, await answered.json(), answered.headers.get("retry-after")];
  };
  const as: Login["as"] = async (email, ok = false) => (await send({ email, ok }))[0];
  return { app, path, send, as };
}

function count(statuses: readonly number[]): Record<number, number> {
  const counted: Record<number, number> = {};
  for (const status of statuses) counted[status] = (counted[status] ?? 0) + 1;
  return counted;
}

test("of 60 guesses at once as many are tried as may fail, over real HTTP", async () => {
  const tried: string[] = [];
  const { app, path } = openLogin({ max: 5 }, async (request, response) => {
    tried.push(request.input("password"));
    // As checking a password does: all that have come are under way meanwhile.
    await new Promise(setImmediate);
    return request.input("password") === "right" ? response.success() : response.unauthorized();
  });
  const port = await app.listen();
  const guess = async (password: string): Promise<number> => {
    const body = new URLSearchParams({ email: "a@b.c", password });
    const { status } = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body });
    return status;
  };
  const passwords = Array.from({ length: 59 }, (_, i) => `wrong ${i}`);
  const guesses = await Promise.all([...passwords, "right"].map(guess));
  expect(tried).toHaveLength(5);
  // The right one may be among the first that arrive.
  const right = tried.includes("right") ? 1 : 0;
  expect(guesses.filter((status) => status === 401)).toHaveLength(5 - right);
  expect(guesses.filter((status) => status === 429)).toHaveLength(55);
  if (right === 0) expect(await guess("right")).toBe(429);
});

/** A sign-in that is answered once it is told to. */
function openGate(): {
  readonly handler: RequestHandler;
  open(): void;
  readonly waiting: () => number;
} {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waiting = 0;
  return {
    handler: async (request, response) => {
      waiting += 1;
      await gate;
      return answer(request, response);
    },
    open: () => open(),
    waiting: () => waiting,
  };
}

test("successes at once take no more places than there are, give them back, and lock nobody", async () => {
  const gate = openGate();
  const { as, send } = openLogin({ max: 5 }, gate.handler);
  const sent = Array.from({ length: 60 }, () => as("a@b.c", true));
  await expect.poll(gate.waiting).toBe(5);
  // One comes free in a moment: nobody is told to come back when the window is over.
  const [status, , retryAfter] = await send({ email: "a@b.c", ok: true });
  expect([status, retryAfter]).toEqual([429, "1"]);
  gate.open();
  expect(count(await Promise.all(sent))).toEqual({ 200: 5, 429: 55 });
  for (let i = 0; i < 7; i++) expect(await as("a@b.c", true)).toBe(200);
  // All five places are there again, and five failures take them.
  for (let i = 0; i < 5; i++) expect(await as("a@b.c")).toBe(401);
  expect(await as("a@b.c", true)).toBe(429);
});

test("failures lock the account and the address, with EC004", async () => {
  const { as, send } = openLogin({ max: 2, window: "1h", lockoutDuration: 7200 });
  expect(await as("a@b.c")).toBe(401);
  expect(await as("A@B.C")).toBe(401);
  const error = "Too many attempts";
  const [status, body, retryAfter] = await send({ email: "a@b.c", ok: true });
  expect([status, body]).toEqual([429, { error, errorCode: "EC004" }]);
  expect(Number(retryAfter)).toBeGreaterThan(3600);
  expect(Number(retryAfter)).toBeLessThanOrEqual(7200);
  expect(await as("other@b.c", true)).toBe(429);
  // The account is locked wherever it is tried from, another is not.
  const [elsewhere] = await send({ email: "a@b.c", ok: true }, "", "192.0.2.2");
  const [other] = await send({ email: "other@b.c", ok: true }, "", "192.0.2.2");
  expect([elsewhere, other]).toEqual([429, 200]);
});

test("a lock is over when it is over", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { as } = openLogin({ max: 2, window: "10m", lockoutDuration: "30m" });
  await as("a@b.c");
  await as("a@b.c");
  await vi.advanceTimersByTimeAsync(29 * 60_000);
  expect(await as("a@b.c", true)).toBe(429);
  await vi.advanceTimersByTimeAsync(60_001);
  expect(await as("a@b.c")).toBe(401);
  // Failures count for as long as the window is open.
  await vi.advanceTimersByTimeAsync(10 * 60_000 + 1);
  expect(await as("a@b.c")).toBe(401);
  expect(await as("a@b.c", true)).toBe(200);
});

test("successes do not count, and clear what has failed before", async () => {
  const { as, send } = openLogin({ max: 2, by: ["email"], errorMessage: "Later" });
  for (let i = 0; i < 4; i++) expect(await as("a@b.c", true)).toBe(200);
  await as("a@b.c");
  await as("a@b.c", true);
  expect(await as("a@b.c")).toBe(401);
  expect(await as("a@b.c")).toBe(401);
  expect((await send({ email: "a@b.c" }))[1]).toMatchObject({ error: "Later" });
  expect(await as("other@b.c")).toBe(401);
});

test("whoever owns one account does not clear the way to others", async () => {
  const { as } = openLogin({ max: 3 });
  const statuses: number[] = [];
  for (const victim of ["a@b.c", "b@b.c", "c@b.c", "d@b.c"]) {
    statuses.push(await as(victim), await as("own@b.c", true));
  }
  expect(statuses).toEqual([401, 200, 401, 200, 401, 429, 429, 429]);
});

test.each<[string, (login: Login, i: number) => Promise<unknown>]>([
  ["in capitals", ({ as }) => as("VICTIM@b.c")],
  ["with accents", ({ as }) => as("víctim@b.c")],
  ["in wide letters", ({ as }) => as("ｖictim@b.c")],
  ["in a list", ({ as }) => as(["victim@b.c"])],
  ["with characters that nobody sees", ({ as }, i) => as(`victim${"\u200b".repeat(i + 1)}@b.c`)],
  ["with control characters", ({ as }, i) => as(`vic${String.fromCharCode(i + 1)}tim@b.c`)],
  ["with a letter that has the same capital", ({ as }) => as("vıctim@b.c")],
  ["under another one in the query", ({ send }, i) => send({ email: "victim@b.c" }, `?email=${i}`)],
])("an account is counted also when it is named %s", async (_how, attempt) => {
  const login = openLogin({ max: 3, by: ["email"] });
  for (let i = 0; i < 3; i++) await attempt(login, i);
  expect(await login.as("victim@b.c", true)).toBe(429);
});

test("an account that is part of an object is counted in each place, too", async () => {
  const { send } = openLogin({ max: 3, by: ["email"], identifierKey: "user.email" });
  const user = { email: "victim@b.c" };
  for (let i = 0; i < 3; i++) await send({ user }, `?user[email]=${i}`);
  expect((await send({ user, ok: true }))[0]).toBe(429);
});

test("names too long for an address count as one, however they are padded", async () => {
  const { as } = openLogin({ max: 3, by: ["email"] });
  const padded = (i: number): string =>
    `${"victim".slice(0, i + 1)}${"\u200b".repeat(320)}${"victim".slice(i + 1)}@b.c`;
  expect([await as(padded(0)), await as(padded(1)), await as(padded(2))]).toEqual([401, 401, 401]);
  expect(await as(padded(3), true)).toBe(429);
  expect(await as("victim@b.c", true)).toBe(200);
});

test("who names nobody, and comes from nowhere, is counted all the same", async () => {
  const { send } = openLogin({ max: 2, by: ["email"] });
  const attempt = async (body: object): Promise<number> => (await send(body))[0];
  expect([await attempt({}), await attempt({ email: null })]).toEqual([401, 401]);
  expect(await attempt({ email: {}, ok: true })).toBe(429);
  expect(await attempt({ email: "a@b.c", ok: true })).toBe(200);
  const byAddress = openLogin({ max: 1, by: ["ip"] });
  const statuses: number[] = [];
  for (let i = 0; i < 2; i++) {
    const request = new Request(`http://app.example${byAddress.path}`, { method: "POST" });
    statuses.push((await byAddress.app.fetch(request)).status);
  }
  expect(statuses).toEqual([401, 429]);
});

test("what counts, and for whom, can be said otherwise", async () => {
  const { as } = openLogin({
    max: 1,
    identify: (request) => [request.string("email").slice(0, 1)],
    isFailure: ({ statusCode }) => statusCode === 200,
  });
  expect(await as("ann")).toBe(401);
  expect(await as("ann", true)).toBe(200);
  expect(await as("abe")).toBe(429);
  expect(await as("bob")).toBe(401);
});

test("a verdict that is none is a failure", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => printed.mockRestore());
  for (const isFailure of [
    () => {
      throw new Error("a verdict's own");
    },
    () => Promise.resolve(true),
    () => undefined,
  ]) {
    const options: object = { max: 1, by: ["email"], isFailure };
    const { as } = openLogin(options);
    expect([await as("a@b.c", true), await as("a@b.c", true)]).toEqual([200, 429]);
  }
  const later: object = { max: 1, by: ["email"], isFailure: () => Promise.resolve(false) };
  const { as } = openLogin(later);
  expect([await as("a@b.c"), await as("a@b.c")]).toEqual([401, 401]);
});

test.each<[object, string]>([
  [{ window: "soon" }, "loginThrottle.window"],
  [{ window: "100y" }, "loginThrottle.window must be at most 24 days"],
  [{ window: "30d" }, "loginThrottle.window must be at most 24 days"],
  [{ window: 0 }, "loginThrottle.window"],
  [{ window: { hours: 1, day: 1 } }, "loginThrottle.window"],
  [{ lockoutDuration: "100y" }, "loginThrottle.lockoutDuration must be at most 24 days"],
  [{ lockoutDuration: Number.NaN }, "loginThrottle.lockoutDuration"],
  [{ max: Number.NaN }, "loginThrottle.max"],
  [{ max: Number.POSITIVE_INFINITY }, "loginThrottle.max"],
  [{ max: "5" }, "loginThrottle.max"],
  [{ max: 0 }, "loginThrottle.max"],
  [{ by: [] }, "loginThrottle.by"],
  [{ by: ["username"] }, "loginThrottle.by"],
  [{ by: "ip" }, "loginThrottle.by"],
  [{ identifierKey: "" }, "loginThrottle.identifierKey"],
  [{ identify: ["a"] }, "loginThrottle.identify"],
  [{ isFailure: false }, "loginThrottle.isFailure"],
  [{ maxAttempts: 3 }, "the option maxAttempts is not known"],
  [["ip"], "loginThrottle must be an object"],
])("a throttle with %j, which would not count, is refused", (options, said) => {
  expect(() => loginThrottleMiddleware(options)).toThrow(said);
});

test("a package that is not installed is named, with what needs it", () => {
  const said = "loginThrottleMiddleware needs no-such-package: npm install no-such-package";
  expect(() => optionalPeer("no-such-package", "loginThrottleMiddleware")).toThrow(said);
});
