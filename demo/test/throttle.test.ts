import { RateLimiterMemory } from "rate-limiter-flexible";
import { createHttp } from "rollcall/http";
import { expect, test } from "vitest";
import { open, refusal } from "../../packages/rollcall/test/support/sessions.js";
import { createLogin, type Login } from "../login.js";
import { createThrottle, type Limiter, type MakeLimiter } from "../throttle.js";
import type { KnownUser } from "../users.js";

/** As a database under load: what writes waits for others, what reads does not. */
const slowly: MakeLimiter = (options) => {
  const limiter = new RateLimiterMemory(options);
  const write =
    <T>(work: (key: string) => Promise<T>) =>
    async (key: string | number): Promise<T> => {
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      return await work(String(key));
    };
  const slow: Limiter = {
    consume: write((key) => limiter.consume(key)),
    reward: write((key) => limiter.reward(key)),
    delete: write((key) => limiter.delete(key)),
  };
  // Also what counts only afterwards can be held against this.
  return Object.assign(slow, { points: options.points, get: (key: string) => limiter.get(key) });
};

interface Opened {
  readonly login: (email: string, password: string, address?: string) => ReturnType<Login>;
  /** The passwords that were checked. */
  readonly checked: string[];
  readonly state: { isAway: boolean };
}

function openLogin(): Opened {
  const { sessions, clock } = open();
  const checked: string[] = [];
  const state = { isAway: false };
  const byEmail = async (email: string): Promise<KnownUser> => {
    if (state.isAway) throw new Error("the database is away");
    return { id: email, email, passwordHash: "right", readAt: new Date(clock.now()) };
  };
  const login = createLogin({
    http: createHttp({ sessions, clock }),
    users: { byEmail },
    passwords: {
      async check(hash, password) {
        checked.push(password);
        await new Promise(setImmediate);
        return hash === password;
      },
    },
    throttle: createThrottle(slowly),
  });
  return {
    checked,
    state,
    login: (email, password, address) => {
      const body = JSON.stringify({ email, password });
      return login(new Request("http://localhost/auth/login", { method: "POST", body }), address);
    },
  };
}

/** How often each status came. */
async function statuses(answers: readonly Promise<Response>[]): Promise<Record<number, number>> {
  const counted: Record<number, number> = {};
  for (const { status } of await Promise.all(answers.map((one) => one.catch((error) => error)))) {
    counted[status] = (counted[status] ?? 0) + 1;
  }
  return counted;
}

test("of 60 guesses at once five are tried, however slow the counter is", async () => {
  const { login, checked } = openLogin();
  const guesses = Array.from({ length: 59 }, (_, i) => login("a@b.c", `wrong ${i}`));
  expect(await statuses([...guesses, login("a@b.c", "right")])).toEqual({ 401: 5, 429: 55 });
  expect(checked).toHaveLength(5);
});

test("those of many accounts, from one address: twenty are tried", async () => {
  const { login, checked } = openLogin();
  const guesses = Array.from({ length: 60 }, (_, i) => login(`${i}@b.c`, "wrong", "192.0.2.1"));
  expect(await statuses(guesses)).toEqual({ 401: 20, 429: 40 });
  expect(checked).toHaveLength(20);
  // What the address was refused counts against no account.
  expect((await login("59@b.c", "right", "192.0.2.2")).status).toBe(200);
});

test("40 right ones at once are all let in, of one account and of many", async () => {
  const { login } = openLogin();
  const same = Array.from({ length: 40 }, () => login("a@b.c", "right"));
  const many = Array.from({ length: 40 }, (_, i) => login(`${i}@b.c`, "right"));
  expect(await statuses([...same, ...many])).toEqual({ 200: 80 });
});

test("an attempt that could not be made does not count", async () => {
  const { login, state } = openLogin();
  state.isAway = true;
  for (let i = 0; i < 6; i++) {
    expect((await refusal(login("a@b.c", "right"))).code).toBe("store_unavailable");
  }
  state.isAway = false;
  expect((await login("a@b.c", "right")).status).toBe(200);
});
