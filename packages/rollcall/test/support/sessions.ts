import type {
  EventOf,
  SessionError,
  SessionEventType,
  SessionStore,
  Sessions,
  SessionsOptions,
  SignIn,
} from "rollcall";
import { createSessions } from "rollcall";
import { memory } from "rollcall/memory";
import { type ManualClock, manualClock } from "rollcall/testing";
import { afterEach, expect } from "vitest";

export const secret = "0123456789abcdef0123456789abcdef";
export const user = { type: "user", id: "ada" };

/** A session manager with the store it speaks to and the clock it goes by. */
export interface Opened {
  readonly sessions: Sessions;
  readonly clock: ManualClock;
  readonly store: SessionStore;
}

const opened: Sessions[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((sessions) => sessions.close()));
});

/** Opens one for this test; it is closed after it. */
export function open(
  options: Partial<SessionsOptions> = {},
  clock: ManualClock = manualClock(),
): Opened {
  const store = options.store ?? memory();
  const keys = options.keys === undefined ? { secret } : {};
  const sessions = createSessions({ ...keys, clock, onError() {}, ...options, store });
  opened.push(sessions);
  return { sessions, clock, store };
}

/** The error a call was refused with; fails if it was not. */
export async function refusal(promise: Promise<unknown>): Promise<SessionError> {
  const error: SessionError = await promise.then(
    () => expect.unreachable("it was not refused"),
    (thrown) => thrown,
  );
  return error;
}

export const refreshToken = (answer: Pick<SignIn, "tokens">): string =>
  answer.tokens.refreshToken.token;

/** The next event of a type. */
export function eventOf<T extends SessionEventType>(
  sessions: Sessions,
  type: T,
): Promise<EventOf<T>> {
  return new Promise((resolve) => {
    const stop = sessions.on(type, (event) => {
      stop();
      resolve(event);
    });
  });
}

/** Counts the questions put to a store, by method. */
export function counting(store: SessionStore): {
  store: SessionStore;
  counts: Map<string, number>;
} {
  const counts = new Map<string, number>();
  const counted = new Proxy(store, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        counts.set(String(name), (counts.get(String(name)) ?? 0) + 1);
        return Reflect.apply(value, target, args);
      };
    },
  });
  return { store: counted, counts };
}
