import { createPublicKey, type JsonWebKey } from "node:crypto";
import type { IdentifiedEntry, JsonWebKeySet } from "./key-entry.js";
import { createSigningKey, type SigningKey } from "./signing-key.js";

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
  /** Called when a key leaves the ring. */
  readonly dropped: (id: string) => void;
  /** Called when the key was compromised: ends every session it touched; returns how many. */
  readonly compromised: (id: string) => Promise<number>;
}

/** @internal */
export interface BoundRing {
  /** The key that signs now. */
  current(): SigningKey;
  get(id: string): SigningKey | undefined;
  /** Whether a key was dropped as compromised. */
  isCompromised(id: string): boolean;
  /** The key of a JWT, found by its header, which is constant for each key. */
  ofToken(token: string): SigningKey | undefined;
  jwks(): JsonWebKeySet;
  /** Called when the session manager is closed and no longer needs to hear of changes. */
  release(): void;
}

/** How a ring notifies each session manager that uses it. */
export interface RingListener {
  added(entry: IdentifiedEntry): void;
  /** @throws TypeError when the key is still needed. */
  dropping(id: string, forced: boolean): void;
  compromised(id: string): Promise<number>;
}

/** The keys of a ring, derived for one issuer. */
export function bindRing(
  dependencies: RingDependencies,
): Omit<BoundRing, "release"> & RingListener {
  const lost = new Set<string>();
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
      const key = createSigningKey(entry, dependencies.issuer, dependencies.now());
      keys.set(key.id, key);
    },
    dropping(id, forced) {
      const now = dependencies.now();
      const successor = signing(now, id);
      if (successor === undefined) {
        throw new TypeError(`keys: no other key signs yet, so "${id}" cannot be dropped`);
      }
      const key = keys.get(id);
      const everSigned = key !== undefined && key.signsFrom <= now;
      const needed = everSigned && successor.signingSince > now - dependencies.idleTimeout;
      if (needed && !forced) {
        throw new TypeError(
          `keys: "${id}" signed tokens of sessions that may still be alive; drop it once a newer ` +
            "key has signed for idleTimeout, or pass { compromised: true } to refuse them at once",
        );
      }
      keys.delete(id);
      dependencies.dropped(id);
    },
    current() {
      const key = signing(dependencies.now());
      if (key === undefined) throw new TypeError("keys: no key signs yet; check signsFrom");
      return key;
    },
    compromised(id) {
      lost.add(id);
      return dependencies.compromised(id);
    },
    get: (id) => keys.get(id),
    isCompromised: (id) => lost.has(id),
    ofToken(token) {
      // Rings are short, so comparing prefixes is cheaper than extracting the header and looking it up.
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
