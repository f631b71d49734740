import { expect, onTestFinished, test } from "vitest";
import { memory } from "../../src/stores/memory/index.js";
import {
  createWarlockApp,
  type LoginThrottleOptions,
  loginThrottleMiddleware,
  router,
} from "../../src/warlock/index.js";
import { secret } from "../support/sessions.js";

let opened = 0;

/** A sign-in that fails unless it is told `ok`; gives the status and what it answers. */
function openLogin(
  options: LoginThrottleOptions,
): (email: string, ok?: boolean) => Promise<[number, unknown, string | null]> {
  opened += 1;
  const path = `/login-${opened}`;
  router.post(
    path,
    (request, response) => (request.input("ok") ? response.success() : response.unauthorized()),
    { middleware: loginThrottleMiddleware(options) },
  );
  const app = createWarlockApp({ auth: { userType: {} }, store: memory(), secret });
  onTestFinished(() => app.close());
  return async (email, ok = false) => {
    const init = {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email, ok }),
    };
    const answer = await app.fetch(new Request(`http://app.example${path}`, init), {
      address: "192.0.2.1",
    });
    return [answer.status, await answer.json(), answer.headers.get("retry-after")];
  };
}

test("failures lock the account and the address, with EC004", async () => {
  const login = openLogin({ max: 2, window: "1m", lockoutDuration: 60 });
  expect((await login("a@b.c"))[0]).toBe(401);
  expect((await login("A@B.C"))[0]).toBe(401);
  const error = "Too many attempts";
  expect(await login("a@b.c", true)).toEqual([429, { error, errorCode: "EC004" }, "60"]);
  expect((await login("other@b.c", true))[0]).toBe(429);
});

test("successes do not count, and clear what has failed before", async () => {
  const login = openLogin({ max: 2, by: ["email"], errorMessage: "Later" });
  for (let i = 0; i < 4; i++) expect((await login("a@b.c", true))[0]).toBe(200);
  await login("a@b.c");
  await login("a@b.c", true);
  expect((await login("a@b.c"))[0]).toBe(401);
  expect((await login("a@b.c"))[0]).toBe(401);
  expect((await login("a@b.c"))[1]).toMatchObject({ error: "Later" });
  expect((await login("other@b.c"))[0]).toBe(401);
});

test("what counts, and for whom, can be said otherwise", async () => {
  const login = openLogin({
    max: 1,
    identify: (request) => [request.string("email").slice(0, 1)],
    isFailure: ({ statusCode }) => statusCode === 200,
  });
  expect((await login("ann"))[0]).toBe(401);
  expect((await login("ann", true))[0]).toBe(200);
  expect((await login("abe"))[0]).toBe(429);
  expect((await login("bob"))[0]).toBe(401);
});

test("a window that is no length of time is refused by its name", () => {
  expect(() => loginThrottleMiddleware({ window: "soon" })).toThrow("loginThrottle.window");
});
