import type { Clock } from "../process/clock.js";

/** Reads at regular intervals for as long as there is a use for it. */
export interface Polling {
  /** Called on every check of a token. */
  asked(): void;
  /** Called when somebody needs to be kept up to date from now on. */
  wake(): void;
  /** Whether nothing is read, because nobody needs it. */
  readonly resting: boolean;
  close(): void;
}

interface PollingDependencies {
  readonly clock: Clock;
  readonly interval: number;
  readonly read: () => void;
  /** Whether reads are needed although there are no requests. */
  readonly needed: () => boolean;
  /** Called when there have been no requests for a while, to release what only requests need. */
  readonly quiet: () => void;
}

/** How many reads follow the last request, so that occasional requests find the process up to date. */
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
    // Not at once: the request starts a read of its own, and waits for that.
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
