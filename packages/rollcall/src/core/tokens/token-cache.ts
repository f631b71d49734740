/** Longer strings are refused unread; most servers do not accept headers of this size anyway. */
export const LONGEST_TOKEN = 8192;

/** What is known of tokens that were found good: bounded, and by how lately they were used. */
export interface TokenCache<Value> {
  get(token: string): Value | undefined;
  has(token: string): boolean;
  set(token: string, value: Value): void;
  delete(token: string): void;
  /** Forgets those for which `isDropped` is true. */
  drop(isDropped: (value: Value) => boolean): void;
  clear(): void;
  readonly size: number;
}

/** Tokens are copied here, one after another: a buffer for each would take longer than the copy. */
const copied = Buffer.alloc(LONGEST_TOKEN);

/** Copies the token: as a slice it would keep the whole header alive. */
const flat = (token: string): string => copied.toString("latin1", 0, copied.write(token, "latin1"));

/** @param most How many tokens it holds at the most. */
export function createTokenCache<Value>(most: number): TokenCache<Value> {
  // Two halves: a token that is used moves to the young half, and the old half is dropped as a whole.
  // This bounds the cache without bookkeeping on each hit.
  const half = Math.max(1, Math.floor(most / 2));
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();

  const set = (token: string, value: Value): void => {
    if (young.size >= half) {
      old = young;
      young = new Map();
    }
    young.set(flat(token), value);
  };

  return {
    set,
    get(token) {
      const known = young.get(token);
      if (known !== undefined) return known;
      const seen = old.get(token);
      if (seen !== undefined) set(token, seen);
      return seen;
    },
    has: (token) => young.has(token) || old.has(token),
    delete(token) {
      young.delete(token);
      old.delete(token);
    },
    drop(isDropped) {
      for (const one of [young, old]) {
        for (const [token, value] of one) if (isDropped(value)) one.delete(token);
      }
    },
    clear() {
      young = new Map();
      old = new Map();
    },
    get size() {
      return young.size + old.size;
    },
  };
}
