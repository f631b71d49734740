import type { ChangePage } from "../port/changes.js";
import type { SessionStore } from "../port/store.js";
import type { BoundedCall } from "../process/bounded-call.js";
import type { Clock } from "../process/clock.js";
import { causeOf, type Faults, fault, messageOf } from "../process/faults.js";
import type { Health } from "../process/health.js";
import { createClockSkew } from "./clock-skew.js";
import { createPolling } from "./polling.js";
import { FORGET_MARGIN, type RevocationIndex } from "./revocation-index.js";

/** How a process learns what other processes changed: hints make it fast, catch-up reads make it complete. */
export interface RevocationFeed {
  /** Whether this process is sure to have missed nothing older than `maxStaleness`. No I/O. */
  isFresh(now: number): boolean;
  /** Resolves after a catch-up read that started after this call; rejects with `store_unavailable`. */
  fresh(): Promise<void>;
  /** Called when somebody wants to be told of changes without making requests. */
  attend(): void;
  /** The time by the database's clock, according to the last read. */
  databaseNow(): number;
  health(): Pick<Health, "feed" | "freshAsOf" | "resting" | "clockSkew" | "lastError">;
  close(): Promise<void>;
}

interface FeedDependencies {
  readonly store: SessionStore;
  readonly callStore: BoundedCall;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly index: RevocationIndex;
  readonly maxStaleness: number;
  readonly storeNow: () => number | undefined;
  /** Applies a page, before the process counts as up to date with it. */
  readonly apply: (page: ChangePage) => void;
  /** Whether there are abort signals, which must abort within `maxStaleness`. */
  readonly signalling: () => boolean;
  /** Whether events have listeners, which must be told of each one. */
  readonly listening: () => boolean;
  /** Called when there have been no requests for a while. */
  readonly quiet: () => void;
}

/** When a read started, by both clocks. */
interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/** After a longer rest the list of sessions to refuse is loaded again, instead of all changes since. */
const LONG_REST = 60_000;

/** Whoever was cut off for longer may have missed events that have been purged meanwhile. */
const LONG_GAP = 12 * 3_600_000;

export function createFeed(dependencies: FeedDependencies): RevocationFeed {
  const { store, callStore, clock, faults, index, maxStaleness, signalling, listening } =
    dependencies;
  const skew = createClockSkew(faults);
  let cursor: string | null = null;
  let asOf: Moment | null = null;
  let failure: string | null = null;
  let hinted = false;
  /** A hint arrived while nothing was being read. */
  let behind = false;
  let closed = false;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const take = async (from: string | null, margin: number): Promise<ChangePage> => {
    const wall = clock.now();
    const monotonic = clock.monotonic();
    const page = await callStore("changes", () =>
      store.changes(from, margin, dependencies.storeNow()),
    );
    skew.compare(wall, wall + clock.monotonic() - monotonic, page.now);
    if (page.whole) index.load(page.now - margin);
    dependencies.apply(page);
    return page;
  };

  const isLongRested = (): boolean => {
    if (asOf === null || signalling() || listening()) return false;
    return clock.monotonic() - asOf.monotonic > Math.max(LONG_REST, 2 * maxStaleness);
  };

  const read = async (): Promise<void> => {
    const begun = { wall: clock.now(), monotonic: clock.monotonic() };
    const wasBehind = behind;
    behind = false;
    try {
      const isBehindPurges = asOf !== null && clock.monotonic() - asOf.monotonic > LONG_GAP;
      const page = await take(isLongRested() ? null : cursor, FORGET_MARGIN);
      if (clock.now() < index.completeFrom || (isBehindPurges && !page.whole)) {
        // Our clock went back, or is behind the database's, so it accepts tokens that the index has
        // already forgotten: load the index again. The cursor stays, so that no event is lost.
        await take(null, FORGET_MARGIN + Math.max(0, page.now - clock.now()));
      }
      cursor = page.cursor;
      asOf = begun;
      failure = null;
      faults.passed("feed");
    } catch (error) {
      behind ||= wasBehind;
      // The hint that caused this read does not come again.
      if (listening()) polling.wake();
      failure = messageOf(causeOf(error));
      faults.tell("feed", fault("changes could not be read", error));
      throw error;
    }
  };

  /** One read at a time; a read that starts later serves everybody who called in the meantime. */
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

  const catchUpAlone = (): void => {
    if (running === null && !closed) void catchUp().catch(() => {});
  };

  const knows = (now: number): boolean => {
    if (asOf === null || behind || now < index.completeFrom) return false;
    // The monotonic clock stops while a machine is suspended, and the wall clock can be set. So the
    // larger of both ages counts, and if the wall clock went back we know nothing.
    const age = now - asOf.wall;
    return age >= 0 && age <= maxStaleness && clock.monotonic() - asOf.monotonic <= maxStaleness;
  };

  /** Whether every change comes with a hint, and the last read was complete. */
  const hintsSuffice = (): boolean => hinted && store.hintsFrom !== "process" && failure === null;

  const polling = createPolling({
    clock,
    // A third of it, so that one failed read does not make the process stale.
    interval: Math.ceil(maxStaleness / 3),
    read: catchUpAlone,
    needed: () => signalling() || (listening() && !hintsSuffice()),
    quiet: dependencies.quiet,
  });

  const hint = (): void => {
    if (closed) return;
    // A process may have many managers that are not in use, such as one per hot reload.
    if (polling.resting && !listening()) behind = true;
    else void catchUp().catch(() => {});
  };

  const subscribe = async (): Promise<(() => Promise<void>) | undefined> => {
    try {
      return await store.subscribe?.({
        changed: hint,
        connected(up) {
          hinted = up;
          // Read at once what was committed while hints were lost.
          if (up) hint();
          else if (listening()) polling.wake();
        },
        awaited: () => !closed && (!polling.resting || listening()),
      });
    } catch (error) {
      faults.tell("hints", fault("hints of changes cannot be heard", error));
      return undefined;
    }
  };
  const subscribed = subscribe();

  const state = (): Health["feed"] => {
    const known = knows(clock.now());
    // Asking for the health starts a read, but does not wait for it.
    if (!known && polling.resting) catchUpAlone();
    if (asOf === null) return "starting";
    if (!known && (failure !== null || !polling.resting)) return "stale";
    return hinted ? "hinted" : "polling";
  };

  return {
    isFresh(now) {
      polling.asked();
      return knows(now);
    },
    fresh: () => callStore("changes", catchUp),
    attend() {
      // Events from the time without listeners are not delivered later.
      if (isLongRested()) {
        cursor = null;
        catchUpAlone();
      }
      polling.wake();
    },
    // Databases expect whole milliseconds.
    databaseNow: () => Math.floor(clock.now() - (skew.ahead ?? 0)),
    health: () => ({
      feed: state(),
      freshAsOf: asOf === null ? null : new Date(asOf.wall),
      resting: polling.resting,
      clockSkew: skew.ahead,
      lastError: failure ?? skew.complaint,
    }),
    async close() {
      closed = true;
      polling.close();
      const unsubscribe = await subscribed;
      await unsubscribe?.();
      await running?.catch(() => {});
    },
  };
}
