/** The source of time. Tests pass one that they move themselves (`manualClock` of `rollcall/testing`). */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go back, whatever the wall clock does. */
  monotonic(): number;
  /** Calls `callback` once after `ms`; returns a function that cancels it. Does not keep the process alive. */
  after(ms: number, callback: () => void): () => void;
}

/** setTimeout fires at once when the delay does not fit in 32 bits. */
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
