import type { SessionStore } from "rollcall";
import { memory } from "rollcall/memory";
import { type ManualClock, manualClock } from "rollcall/testing";
import { onTestFinished } from "vitest";
import { secret } from "../../../rollcall/test/support/sessions.js";
import {
  Auth,
  type AuthConfigurations,
  authEvents,
  authService,
  createWarlockApp,
  type TokenPair,
  type WarlockApp,
  type WarlockAppOptions,
} from "../../src/index.js";

const password = await authService.hashPassword("right");

export class User extends Auth {
  get userType(): string {
    return "user";
  }
  static override async find(id: string | number): Promise<User | null> {
    return String(id) === "7" ? new User({ id: 7, email: "ada@example.com", password }) : null;
  }
  static override async first({ email }: Readonly<Record<string, unknown>>): Promise<User | null> {
    return email === "ada@example.com" ? await User.find(7) : null;
  }
}

/** Of the same ids. */
export class Staff extends User {
  override get userType(): string {
    return "staff";
  }
}

export const user: User = new User({ id: 7 });
export const SECRET: string = secret;

export interface Opened {
  readonly app: WarlockApp;
  readonly clock: ManualClock;
  readonly store: SessionStore;
  readonly failures: unknown[];
  /** The status and the JSON of an answer. */
  ask(path: string, init?: RequestInit): Promise<[number, unknown]>;
  /** The same for who holds a token. */
  as(token: string, path: string): Promise<[number, unknown]>;
}

/** An application on a store in memory, until the test is over. */
export function open(
  auth: Partial<AuthConfigurations> = {},
  options: Partial<WarlockAppOptions> = {},
): Opened {
  const clock = manualClock();
  const failures: unknown[] = [];
  const store = options.store ?? memory();
  const app = createWarlockApp({
    auth: { userType: { user: User, staff: Staff }, ...auth },
    secret,
    clock,
    onError: (error) => failures.push(error),
    ...options,
    store,
  });
  onTestFinished(async () => {
    authEvents.unsubscribeAll();
    await app.close();
  });
  const ask: Opened["ask"] = async (path, init) => {
    const answer = await app.fetch(new Request(`http://app.example${path}`, init));
    const body = await answer.text();
    return [answer.status, body === "" ? null : JSON.parse(body)];
  };
  return {
    app,
    clock,
    store,
    failures,
    ask,
    as: (token, path) => ask(path, { headers: { Authorization: `Bearer ${token}` } }),
  };
}

/** The refresh token of a pair, which has one. */
export function refreshOf(pair: TokenPair | null): string {
  return pair?.refreshToken?.token ?? "";
}
