import { SessionError } from "../model/errors.js";
import type { Clock } from "./clock.js";

/** Limits how often somebody may do something that costs every process. */
export interface Pace {
  /** Counts one. @throws SessionError `throttled` above the limit. */
  take(key: string): void;
}

/** At most `most` per key in each window of `per` milliseconds. All counters are dropped when a window ends. */
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
