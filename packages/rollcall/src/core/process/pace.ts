import { SessionError } from "../model/errors.js";
import type { Clock } from "./clock.js";

/** Bounds how fast somebody may do something that costs everybody. */
export interface Pace {
  /** Counts one more. @throws SessionError `throttled` when that is one too many. */
  take(key: string): void;
}

/** At most `most` in each window of `per` milliseconds: one counter for each key, all of them let go at its end. */
export function createPace(clock: Clock, most: number, per: number): Pace {
  let counts = new Map<string, number>();
  let begun = Number.NEGATIVE_INFINITY;
  return {
    take(key) {
      const now = clock.monotonic();
      if (now - begun >= per) {
        counts = new Map();
        begun = now;
      }
      const count = (counts.get(key) ?? 0) + 1;
      if (count > most) {
        throw new SessionError("throttled", { retryAfter: Math.ceil((begun + per - now) / 1000) });
      }
      counts.set(key, count);
    },
  };
}
