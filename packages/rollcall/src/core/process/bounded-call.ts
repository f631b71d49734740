import { SessionError, unavailable } from "../model/errors.js";
import type { Clock } from "./clock.js";

/** Puts a question to something that may fail or hang. */
export type BoundedCall = <T>(question: () => T | Promise<T>) => Promise<T>;

/**
 * Bounds every question by `timeout`, and turns every failure but a developer's mistake into
 * `store_unavailable`: what cannot be known is a 503, never a 401.
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
      // With a cause it tells of what failed elsewhere: a database without tables, a fetch().
      if (error instanceof TypeError && error.cause === undefined) throw error;
      throw unavailable(error);
    } finally {
      cancel();
    }
  };
}
