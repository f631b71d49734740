import type { Clock } from "../process/clock.js";

/** Reads regularly, for as long as anybody has a use for what is read. */
export interface Polling {
  /** Somebody asks. On the way of every check. */
  asked(): void;
  /** Somebody may need what is read from now on. */
  wake(): void;
  /** Nobody needs anything, so nothing is read. */
  readonly resting: boolean;
  close(): void;
}

interface PollingDependencies {
  readonly clock: Clock;
  readonly interval: number;
  readonly read: () => void;
  /** Whether somebody needs to be told although nobody asks. */
  readonly needed: () => boolean;
  /** Nobody has asked for a while: the time to let go of what only requests had a use for. */
  readonly quiet: () => void;
}

/** Reads after the last question: requests that come now and then find the process informed. */
const LINGER = 3;

export function createPolling({
  clock,
  interval,
  read,
  needed,
  quiet,
}: PollingDependencies): Polling {
  let isAsked = false;
  let unasked = LINGER - 1;
  let resting = false;
  let closed = false;
  let callOff = (): void => {};

  const tick = (): void => {
    if (closed) return;
    unasked = isAsked ? 0 : unasked + 1;
    isAsked = false;
    if (unasked > LINGER) {
      if (unasked === LINGER + 1) quiet();
      resting = !needed();
      if (resting) return;
    }
    callOff = clock.after(interval, tick);
    read();
  };

  const wake = (): void => {
    if (!resting) return;
    resting = false;
    unasked = 0;
    // Not at once: who asks begins a read of its own, and waits for that alone.
    callOff = clock.after(0, tick);
  };

  tick();
  return {
    asked() {
      isAsked = true;
      if (resting) wake();
    },
    wake,
    get resting() {
      return resting;
    },
    close() {
      closed = true;
      callOff();
    },
  };
}
