import type { Clock } from "../core/process/clock.js";

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves both clocks on and fires what falls due on the way, in order. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as an operator or NTP would; no timer fires. */
  setWall(now: number): void;
  /** Timers waiting. */
  readonly pending: number;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * Makes a clock for tests.
 *
 * @example
 * ```ts
 * import { manualClock } from "rollcall/testing";
 *
 * const clock = manualClock();
 * clock.advance(60_000);
 * ```
 */
export function manualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let wall = start;
  let monotonic = 0;
  const timers = new Set<Timer>();

  const nextDue = (until: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  };

  const moveTo = (at: number): void => {
    wall += at - monotonic;
    monotonic = at;
  };

  return {
    now: () => wall,
    monotonic: () => monotonic,
    after(ms, callback) {
      const timer = { at: monotonic + ms, callback };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance(ms) {
      const until = monotonic + ms;
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        timers.delete(due);
        moveTo(due.at);
        due.callback();
      }
      moveTo(until);
    },
    setWall(now) {
      wall = now;
    },
    get pending() {
      return timers.size;
    },
  };
}
