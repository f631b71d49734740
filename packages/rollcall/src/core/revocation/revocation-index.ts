import type { OutdatedEntry, RevokedEntry } from "../port/operations.js";
import type { Clock } from "../process/clock.js";

/**
 * What a process must refuse, until the last access token that it concerns has expired: sessions that
 * have ended, and of sessions that go on the generations that are outdated.
 */
export interface RevocationIndex {
  add(entry: RevokedEntry): void;
  outdate(entry: OutdatedEntry): void;
  has(id: string): boolean;
  /** Whether access tokens of this generation are outdated. */
  isOutdated(id: string, generation: number): boolean;
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

/** A map whose entries are dropped once they are due. */
interface Expiring<T> {
  readonly entries: Map<string, T>;
  /** Looks at some entries and drops those that are due, by `now` in seconds. */
  look(now: number, count: number): void;
}

/** `dueAt` in whole seconds. */
function createExpiring<T>(
  dueAt: (entry: T) => number,
  forgotten: (at: number) => void,
): Expiring<T> {
  const entries = new Map<string, T>();
  let cursor = entries.entries();
  return {
    entries,
    look(now, count) {
      for (let looked = 0; looked < count; looked++) {
        const next = cursor.next();
        if (next.done) {
          cursor = entries.entries();
          return;
        }
        const [id, entry] = next.value;
        const at = dueAt(entry);
        if (at > now) continue;
        entries.delete(id);
        forgotten(at);
      }
    },
  };
}

interface Outdated {
  readonly generation: number;
  readonly forgetAt: number;
}

const NOTHING_OUTDATED: Outdated = { generation: 0, forgetAt: 0 };

/** Entries expire by the clock that also checks `exp`, so no token outlives its revocation. */
export function createRevocationIndex(clock: Clock): RevocationIndex {
  let version = 0;
  let completeFrom = Number.POSITIVE_INFINITY;

  /** Up to here entries have been removed, so the index is complete only for later expiries. */
  const forgotten = (at: number): void => {
    completeFrom = Math.max(completeFrom, at * 1000 - FORGET_MARGIN);
  };

  // V8 stores whole seconds as small integers, which keeps an entry below 200 bytes.
  const ended = createExpiring<number>((at) => at, forgotten);
  const outdated = createExpiring<Outdated>(({ forgetAt }) => forgetAt, forgotten);
  const forgetAtOf = (until: number): number => Math.ceil((until + FORGET_MARGIN) / 1000);

  return {
    add({ id, accessUntil }) {
      const now = clock.now() / 1000;
      const at = forgetAtOf(accessUntil);
      const known = ended.entries.get(id);
      if (known === undefined) version++;
      if (at <= now) forgotten(at);
      else if (at > (known ?? 0)) ended.entries.set(id, at);
      ended.look(now, 2);
    },
    outdate({ id, generation, until }) {
      const now = clock.now() / 1000;
      const at = forgetAtOf(until);
      const known = outdated.entries.get(id) ?? NOTHING_OUTDATED;
      if (generation > known.generation) version++;
      if (at <= now) forgotten(at);
      else {
        outdated.entries.set(id, {
          generation: Math.max(generation, known.generation),
          forgetAt: Math.max(at, known.forgetAt),
        });
      }
      outdated.look(now, 2);
    },
    has: (id) => ended.entries.has(id),
    isOutdated: (id, generation) => generation <= (outdated.entries.get(id)?.generation ?? 0),
    sweep() {
      const now = clock.now() / 1000;
      ended.look(now, SWEPT);
      outdated.look(now, SWEPT);
    },
    load(from) {
      completeFrom = from;
    },
    get completeFrom() {
      return completeFrom;
    },
    get size() {
      return ended.entries.size + outdated.entries.size;
    },
    get version() {
      return version;
    },
  };
}
