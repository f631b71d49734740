import { SessionError, unavailable } from "../model/errors.js";
import type { Clock } from "./clock.js";

/** Calls something that may fail or hang. */
export type BoundedCall = <T>(question: () => T | Promise<T>) => Promise<T>;

/**
 * Gives every call `timeout` milliseconds, and turns every failure except a developer's mistake
 * into `store_unavailable`: when we cannot know the answer we say 503, never 401.
 */
export function createBoundedCall(clock: Clock, timeout: number): BoundedCall {
  return async (question) => {
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(timeout, () =>
        reject(unavailable(new Error(`no answer within ${timeout} ms (storeTimeout)`))),
      );
    });
    try {
      return await Promise.race([question(), late]);
    } catch (error) {
      if (error instanceof SessionError) throw error;
      // A TypeError with a cause is not a developer's mistake: a failed fetch(), say.
      if (error instanceof TypeError && error.cause === undefined) throw error;
      throw unavailable(error);
    } finally {
      cancel();
    }
  };
}
