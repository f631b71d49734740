import type { Ask } from "./ask.js";
import type { Clock } from "./clock.js";
import { causeOf, type Faults, fault, messageOf } from "./faults.js";
import type { Health } from "./health.js";
import { FORGET_MARGIN } from "./revocation-index.js";
import type { ChangePage, SessionStore } from "./store.js";

/** How a process learns of what others changed: hints make it fast, catch-up reads make it right. */
export interface RevocationFeed {
  /** Whether this process can prove that it missed nothing older than `maxStaleness`. No I/O. */
  isFresh(now: number): boolean;
  /** Resolves after a catch-up read begun later than this call; `store_unavailable` if none comes. */
  fresh(): Promise<void>;
  state(): Health["feed"];
  freshAsOf(): Date | null;
  lastError(): string | null;
  close(): Promise<void>;
}

interface FeedTerms {
  readonly store: SessionStore;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly maxStaleness: number;
  readonly storeNow: () => number | undefined;
  /** Takes in a page before the process counts as informed by it. */
  readonly apply: (page: ChangePage) => void;
}

/** When a read was begun, by both clocks. */
interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export function createFeed(terms: FeedTerms): RevocationFeed {
  const { store, ask, clock, faults, maxStaleness } = terms;
  let cursor: string | null = null;
  let asOf: Moment | null = null;
  let failure: string | null = null;
  let hinted = false;
  let closed = false;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let callOff = (): void => {};

  const read = async (): Promise<void> => {
    const begun = { wall: clock.now(), monotonic: clock.monotonic() };
    try {
      const page = await ask(() => store.changes(cursor, FORGET_MARGIN, terms.storeNow()));
      terms.apply(page);
      cursor = page.cursor;
      asOf = begun;
      failure = null;
      faults.passed("feed");
    } catch (error) {
      failure = messageOf(causeOf(error));
      faults.tell("feed", fault("changes could not be read", error));
      throw error;
    }
  };

  /** One read at a time; one begun after the call serves all who called meanwhile. */
  const catchUp = (): Promise<void> => {
    if (running === null) {
      running = read().finally(() => {
        running = null;
      });
      return running;
    }
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null;
        return catchUp();
      });
    return next;
  };

  const poll = (): void => {
    if (closed) return;
    // A third, so that one lost read does not make the process stale.
    callOff = clock.after(Math.ceil(maxStaleness / 3), poll);
    if (running === null) void catchUp().catch(() => {});
  };

  const isFresh = (now: number): boolean => {
    if (asOf === null) return false;
    // A suspended machine stops the monotonic clock, a mistaken one moves the wall clock: the
    // larger age counts, and a wall clock that went back proves nothing.
    const age = now - asOf.wall;
    return age >= 0 && age <= maxStaleness && clock.monotonic() - asOf.monotonic <= maxStaleness;
  };

  const subscribed = store
    .subscribe?.({
      changed() {
        if (!closed) void catchUp().catch(() => {});
      },
      connected(up) {
        hinted = up;
        // What was committed while hints were lost is read at once.
        if (up && !closed) void catchUp().catch(() => {});
      },
    })
    .catch(() => null);
  poll();

  return {
    isFresh,
    fresh: () => ask(catchUp),
    state() {
      if (asOf === null) return "starting";
      if (!isFresh(clock.now())) return "stale";
      return hinted ? "hinted" : "polling";
    },
    freshAsOf: () => (asOf === null ? null : new Date(asOf.wall)),
    lastError: () => failure,
    async close() {
      closed = true;
      callOff();
      const unsubscribe = await subscribed;
      await unsubscribe?.();
      await running?.catch(() => {});
    },
  };
}
