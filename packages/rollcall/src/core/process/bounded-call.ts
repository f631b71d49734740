import { SessionError, unavailable } from "../model/errors.js";
import type { SessionStore } from "../port/store.js";
import type { Clock } from "./clock.js";

/** What is called: a method of the store, or a function among the application's options. */
export type Operation = Extract<keyof SessionStore, string> | "claimsFor" | "maxPerUser";

/** Calls something that may fail or hang. An error names the operation. */
export type BoundedCall = <T>(operation: Operation, call: () => T | Promise<T>) => Promise<T>;

/**
 * Gives every call `timeout` milliseconds, and turns every failure except a developer's mistake
 * into `store_unavailable`: when we cannot know the answer we say 503, never 401.
 */
export function createBoundedCall(clock: Clock, timeout: number): BoundedCall {
  return async (operation, call) => {
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(timeout, () =>
        reject(
          unavailable(
            operation,
            new Error(`${operation}: no answer within ${timeout} ms (storeTimeout)`),
          ),
        ),
      );
    });
    try {
      return await Promise.race([call(), late]);
    } catch (error) {
      if (error instanceof SessionError) throw error;
      // A TypeError with a cause is not a developer's mistake: a failed fetch(), say.
      if (error instanceof TypeError && error.cause === undefined) throw error;
      throw unavailable(operation, error);
    } finally {
      cancel();
    }
  };
}
