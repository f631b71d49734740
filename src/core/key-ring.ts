import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { isObject, optionsObject } from "./argument.js";
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
  /** The entry verifies at once and signs from then on, so that all processes can learn it first. @default at once */
  readonly signsFrom?: Date;
}

/** An entry whose id is settled. */
export type IdentifiedEntry = KeyEntry & { readonly id: string };

/** A JWKS document (RFC 7517). */
export interface JsonWebKeySet {
  readonly keys: readonly JsonWebKey[];
}

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
  drop(id: string, options?: { readonly compromised?: boolean }): void;
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
  bind(terms: RingTerms): BoundRing;
}

/** @internal */
export interface RingTerms {
  readonly issuer: string;
  readonly idleTimeout: number;
  readonly now: () => number;
  /** Called when a key leaves. */
  readonly dropped: (id: string) => void;
}

/** @internal */
export interface BoundRing {
  /** The key that signs now. */
  current(): SigningKey;
  get(id: string): SigningKey | undefined;
  /** The key of a JWT, by its first part, which is constant for a key. */
  ofToken(token: string): SigningKey | undefined;
  jwks(): JsonWebKeySet;
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
  const listeners: {
    added(entry: IdentifiedEntry): void;
    dropping(id: string, forced: boolean): void;
  }[] = [];
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

  return {
    add,
    drop(id, options) {
      const { compromised } = optionsObject(options, "options");
      if (!known.has(id)) throw new TypeError(`keys: no key has the id "${id}"`);
      if (known.size === 1)
        throw new TypeError("keys: the last key cannot be dropped; add another");
      for (const listener of listeners) listener.dropping(id, compromised === true);
      known.delete(id);
    },
    get ids() {
      return [...known.keys()];
    },
    [ringAccess]: {
      bind(terms) {
        const ring = bindRing(terms);
        for (const entry of known.values()) ring.added(entry);
        listeners.push(ring);
        return ring;
      },
    },
  };
}

function bindRing(terms: RingTerms): BoundRing & {
  added(entry: IdentifiedEntry): void;
  dropping(id: string, forced: boolean): void;
} {
  const keys = new Map<string, SigningKey>();
  const signing = (now: number, without?: string): SigningKey | undefined => {
    let newest: SigningKey | undefined;
    for (const key of keys.values()) {
      if (key.id !== without && key.signsFrom <= now) newest = key;
    }
    return newest;
  };
  return {
    added(entry) {
      const key = createSigningKey(entry, terms.issuer, terms.now());
      keys.set(key.id, key);
    },
    dropping(id, forced) {
      const now = terms.now();
      const successor = signing(now, id);
      if (successor === undefined) {
        throw new TypeError(`keys: no other key signs yet, so "${id}" cannot be dropped`);
      }
      const key = keys.get(id);
      const everSigned = key !== undefined && key.signsFrom <= now;
      const needed = everSigned && successor.signingSince > now - terms.idleTimeout;
      if (needed && !forced) {
        throw new TypeError(
          `keys: "${id}" signed tokens of sessions that may still be alive; drop it once a newer ` +
            "key has signed for idleTimeout, or pass { compromised: true } to refuse them at once",
        );
      }
      keys.delete(id);
      terms.dropped(id);
    },
    current() {
      const key = signing(terms.now());
      if (key === undefined) throw new TypeError("keys: no key signs yet; check signsFrom");
      return key;
    },
    get: (id) => keys.get(id),
    ofToken(token) {
      // Rings are short, and to compare is cheaper than to cut out and look up.
      for (const key of keys.values()) if (token.startsWith(key.prefix)) return key;
      return undefined;
    },
    jwks() {
      const published: JsonWebKey[] = [];
      for (const key of keys.values()) {
        if (key.signing === undefined) continue;
        const jwk = createPublicKey(key.signing.privateKey).export({ format: "jwk" });
        published.push({ ...jwk, kid: key.id, alg: key.signing.alg, use: "sig" });
      }
      return { keys: published };
    },
  };
}
