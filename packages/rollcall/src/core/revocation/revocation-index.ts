import type { RevokedEntry } from "../port/operations.js";
import type { Clock } from "../process/clock.js";

/** The sessions that a process must refuse, until their last access token has expired. */
export interface RevocationIndex {
  add(entry: RevokedEntry): void;
  has(id: string): boolean;
  /** Looks at some entries and removes those that are no longer needed. */
  sweep(): void;
  /** Called before a full load adds every entry of the database with `accessUntil` above `from`. */
  load(from: number): void;
  /**
   * The index is complete for tokens that expire after this time. If the clock is earlier than it,
   * older tokens would be accepted, so the index must be loaded again.
   */
  readonly completeFrom: number;
  readonly size: number;
  /** Grows with every entry, so a session that was absent is still absent while this is unchanged. */
  readonly version: number;
}

/** How much longer than its last access token a revocation is remembered, to allow for clock skew. */
export const FORGET_MARGIN = 60_000;

/** How many entries a sweep looks at, so that no call takes long. */
const SWEPT = 1000;

/** Entries expire by the clock that also checks `exp`, so no token outlives its revocation. */
export function createRevocationIndex(clock: Clock): RevocationIndex {
  // V8 stores whole seconds as small integers, which keeps an entry below 200 bytes.
  const forgetAt = new Map<string, number>();
  let cursor = forgetAt.entries();
  let version = 0;
  let completeFrom = Number.POSITIVE_INFINITY;

  /** Up to here entries have been removed, so the index is complete only for later expiries. */
  const forgotten = (at: number): void => {
    completeFrom = Math.max(completeFrom, at * 1000 - FORGET_MARGIN);
  };

  const look = (now: number, count: number): void => {
    for (let looked = 0; looked < count; looked++) {
      const next = cursor.next();
      if (next.done) {
        cursor = forgetAt.entries();
        return;
      }
      const [id, at] = next.value;
      if (at > now) continue;
      forgetAt.delete(id);
      forgotten(at);
    }
  };

  return {
    add({ id, accessUntil }) {
      const now = clock.now() / 1000;
      const at = Math.ceil((accessUntil + FORGET_MARGIN) / 1000);
      const known = forgetAt.get(id);
      if (known === undefined) version++;
      if (at <= now) forgotten(at);
      else if (at > (known ?? 0)) forgetAt.set(id, at);
      look(now, 2);
    },
    has: (id) => forgetAt.has(id),
    sweep: () => look(clock.now() / 1000, SWEPT),
    load(from) {
      completeFrom = from;
    },
    get completeFrom() {
      return completeFrom;
    },
    get size() {
      return forgetAt.size;
    },
    get version() {
      return version;
    },
  };
}
