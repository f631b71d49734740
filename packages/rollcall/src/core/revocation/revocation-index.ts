import type { RevokedEntry } from "../port/store.js";
import type { Clock } from "../process/clock.js";

/** The sessions that a process must refuse, for as long as an access token of theirs may live. */
export interface RevocationIndex {
  add(entry: RevokedEntry): void;
  has(id: string): boolean;
  /** Looks at some of the entries and forgets those that are due. */
  sweep(): void;
  /** Called before all that the database has is added: every entry with `accessUntil` above `from`. */
  load(from: number): void;
  /**
   * The index knows what to refuse of tokens that expire after this. A clock that stands before it
   * lets older tokens pass, so the index must be loaded anew: it forgot while the clock was ahead.
   */
  readonly completeFrom: number;
  readonly size: number;
  /** Grows with each session that comes in: while it stands, what was not in it is still not. */
  readonly version: number;
}

/** How much longer than its last access token a revocation is remembered: room for clock skew. */
export const FORGET_MARGIN = 60_000;

/** A sweep looks at so many entries, so that no call takes long. */
const SWEPT = 1000;

/** Entries go by the clock that also judges `exp`, so that no token outlives its refusal. */
export function createRevocationIndex(clock: Clock): RevocationIndex {
  // Whole seconds are small integers to the engine, which keeps an entry below 200 bytes.
  const forgetAt = new Map<string, number>();
  let cursor = forgetAt.entries();
  let version = 0;
  let completeFrom = Number.POSITIVE_INFINITY;

  /** What is not remembered any more counts as long as the clock does not go back. */
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
