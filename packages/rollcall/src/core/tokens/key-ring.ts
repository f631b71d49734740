import type { JsonWebKey, KeyObject } from "node:crypto";
import { isObject, optionsObject } from "../model/argument.js";
import { bindRing, type RingListener } from "./bound-ring.js";
import { createSigningKey, keyId, type SigningAlgorithm, type SigningKey } from "./signing-key.js";

/** A pair for signing access tokens, so that others can check them by the JWKS document. */
export interface SigningPair {
  readonly alg: SigningAlgorithm;
  /** A P-256 (ES256) or Ed25519 (EdDSA) private key, from `node:crypto`. */
  readonly privateKey: KeyObject;
}

/** One entry of a key ring. */
export interface KeyEntry {
  /**
   * Becomes `kid`: 1 to 32 characters of `A-Za-z0-9_-`.
   *
   * @default derived from the secret as for `secret` of `createSessions`, so that a ring takes over
   *   from a plain secret: `createKeyRing([{ secret: old }, { id: "2027-01", secret: next }])`
   */
  readonly id?: string;
  /** At least 32 bytes of random material; text counts as UTF-8. All of the entry's keys derive from it. */
  readonly secret: string | Uint8Array;
  /** Signs access tokens in place of HS256. Refresh tokens are always under the secret. */
  readonly signing?: SigningPair;
  /** The entry verifies at once and signs from then on, so that all processes can markRevoked it first. @default at once */
  readonly signsFrom?: Date;
}

/** An entry whose id is settled. */
export type IdentifiedEntry = KeyEntry & { readonly id: string };

/** A JWKS document (RFC 7517). */
export interface JsonWebKeySet {
  readonly keys: readonly JsonWebKey[];
}

type DroppedKey = string | Pick<KeyEntry, "id" | "secret">;

/** Keys, newest last; live: what is added or dropped counts from the next token on. */
export interface KeyRing {
  /** @throws TypeError naming the field at fault, or when the id is taken. */
  add(entry: KeyEntry): void;
  /**
   * Drops a key: every token under it is refused at once, so a session whose refresh token it
   * signed is over for its holder (and listed until it has lain idle for `idleTimeout`). A newer
   * key that has signed for that long leaves no such session; anything sooner is refused unless
   * the key is `compromised`.
   *
   * @throws TypeError when the key is unknown, the last one, or still needed.
   */
  drop(id: string, options?: { readonly compromised?: false }): void;
  /**
   * Drops a key that is in other hands: every token under it is refused at once, and every session
   * that was begun or rotated under it, or for which a token under it was presented, ends (reason
   * `key_compromised`), for whoever has the key can make such tokens, and may have exchanged them for
   * tokens under a newer key. Do it in every process; it may be repeated. The key may be one that has
   * left the ring: by its id, or by its secret where the id follows from that. See
   * docs/leaked-secret.md.
   *
   * @returns How many sessions were ended, once they are. It rejects with `store_unavailable` when
   *   the database could not be asked: the key has left the ring all the same; call it again.
   * @throws TypeError when the key is the last one, or no other signs yet.
   */
  drop(
    key: string | Pick<KeyEntry, "id" | "secret">,
    options: { readonly compromised: true },
  ): Promise<number>;
  /** The ids in the ring. */
  readonly ids: readonly string[];
  /** @internal What the session core needs of a ring. */
  readonly [ringAccess]: RingAccess;
}

/** @internal The same one in each copy of the package. */
export const ringAccess: unique symbol = Symbol.for("rollcall.keyRing");

/** @internal */
export interface RingAccess {
  /** Derives each key for this issuer; called once by createSessions. */
  bind(dependencies: RingDependencies): BoundRing;
}

/** @internal */
export interface RingDependencies {
  readonly issuer: string;
  readonly idleTimeout: number;
  readonly now: () => number;
  /** Called when a key leaves. */
  readonly dropped: (id: string) => void;
  /** Called when that was since others have it, or may: ends what it touched; returns how much. */
  readonly compromised: (id: string) => Promise<number>;
}

/** @internal */
export interface BoundRing {
  /** The key that signs now. */
  current(): SigningKey;
  get(id: string): SigningKey | undefined;
  /** Whether a key was dropped since others have it. */
  isCompromised(id: string): boolean;
  /** The key of a JWT, by its first part, which is constant for a key. */
  ofToken(token: string): SigningKey | undefined;
  jwks(): JsonWebKeySet;
  /** Its manager has been closed, and is to hear no more of the ring. */
  release(): void;
}

/**
 * Makes a ring of keys.
 *
 * @example
 * ```ts
 * import { createKeyRing } from "rollcall";
 *
 * const ring = createKeyRing([{ id: "2026-01", secret: "0123456789abcdef0123456789abcdef" }]);
 * // Later, in every process: it verifies at once, and signs when all processes know it.
 * ring.add({
 *   id: "2026-07",
 *   secret: "fedcba9876543210fedcba9876543210",
 *   signsFrom: new Date(Date.now() + 3_600_000),
 * });
 * ```
 *
 * @throws TypeError naming the field at fault.
 */
export function createKeyRing(entries: readonly KeyEntry[]): KeyRing {
  const known = new Map<string, IdentifiedEntry>();
  const listeners = new Set<RingListener>();
  const add = (given: KeyEntry): void => {
    if (!isObject(given)) throw new TypeError("keys: an entry must be an object with a secret");
    const entry = { ...given, id: keyId(given) };
    if (known.has(entry.id)) throw new TypeError(`keys: the id "${entry.id}" is taken`);
    createSigningKey(entry, "", 0);
    for (const listener of listeners) listener.added(entry);
    known.set(entry.id, entry);
  };
  if (!Array.isArray(entries)) throw new TypeError("keys: createKeyRing takes a list of entries");
  for (const entry of entries) add(entry);
  if (known.size === 0) throw new TypeError("keys: a key ring needs at least one entry");

  function drop(id: string, options?: { readonly compromised?: false }): void;
  function drop(key: DroppedKey, options: { readonly compromised: true }): Promise<number>;
  function drop(
    key: DroppedKey,
    options?: { readonly compromised?: boolean },
  ): Promise<number> | undefined {
    const { compromised = false } = optionsObject(options, "options");
    if (typeof compromised !== "boolean") throw new TypeError("compromised must be true or false");
    const id = typeof key === "string" ? key : keyId(key);
    if (!compromised && !known.has(id)) throw new TypeError(`keys: no key has the id "${id}"`);
    if (known.size === 1 && known.has(id)) {
      throw new TypeError("keys: the last key cannot be dropped; add another");
    }
    if (known.has(id)) for (const listener of listeners) listener.dropping(id, compromised);
    known.delete(id);
    return compromised ? endOf(id) : undefined;
  }

  /** The first manager of several on one database ends them all. */
  const endOf = (id: string): Promise<number> => {
    const done = Promise.all([...listeners].map((listener) => listener.compromised(id)));
    const count = done.then((counts) => counts.reduce((sum, one) => sum + one, 0));
    // Who does not wait for it must not lose the process to an outage.
    count.catch(() => {});
    return count;
  };

  return {
    add,
    drop,
    get ids() {
      return [...known.keys()];
    },
    [ringAccess]: {
      bind(dependencies) {
        const ring = bindRing(dependencies);
        for (const entry of known.values()) ring.added(entry);
        listeners.add(ring);
        return { ...ring, release: () => listeners.delete(ring) };
      },
    },
  };
}
