/** Where time comes from. Tests move one of their own (`manualClock` of `rollcall/testing`). */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only grow, whatever the wall clock does. */
  monotonic(): number;
  /** Calls back once after `ms`; returns the function that calls it off. Keeps no process alive. */
  after(ms: number, callback: () => void): () => void;
}

/** setTimeout counts in 32 bits: anything longer fires at once. */
const LONGEST_TIMER = 86_400_000;

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_TIMER);
      timer = setTimeout(() => (left > step ? arm(left - step) : callback()), step);
      timer.unref();
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
};
