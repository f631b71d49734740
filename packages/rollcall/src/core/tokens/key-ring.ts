import { isObject, optionsObject } from "../model/argument.js";
import { bindRing, type RingAccess, type RingListener } from "./bound-ring.js";
import type { IdentifiedEntry, KeyEntry } from "./key-entry.js";
import { createSigningKey, keyId } from "./signing-key.js";

type DroppedKey = string | Pick<KeyEntry, "id" | "secret">;

/** Keys, newest last. Changes apply at once: the next token is signed and verified by them. */
export interface KeyRing {
  /** @throws TypeError naming the field at fault, or when the id is taken. */
  add(entry: KeyEntry): void;
  /**
   * Drops a key. Every token under it is refused at once, so a session whose refresh token it signed
   * is lost to its holder (it stays listed until it has been idle for `idleTimeout`). Once a newer
   * key has signed for `idleTimeout` there are no such sessions; before that, dropping the key is
   * refused unless it is `compromised`.
   *
   * @throws TypeError when the key is unknown, the last one, or still needed.
   */
  drop(id: string, options?: { readonly compromised?: false }): void;
  /**
   * Drops a key that has leaked. Every token under it is refused at once, and every session that was
   * started or rotated under it, or for which a token under it was presented, ends with the reason
   * `key_compromised`: whoever has the key can make such tokens, and may have exchanged them for
   * tokens under a newer key. Call it in every process; you may repeat it. The key may have left the
   * ring already: pass its id, or its secret if the id was derived from it. See
   * docs/leaked-secret.md.
   *
   * @returns How many sessions were ended. Rejects with `store_unavailable` if the database is away;
   *   the key has left the ring nevertheless. Call it again.
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

/** @internal The same symbol in every copy of the package. */
export const ringAccess: unique symbol = Symbol.for("rollcall.keyRing");

/**
 * Makes a ring of keys.
 *
 * @example
 * ```ts
 * import { createKeyRing } from "rollcall";
 *
 * const ring = createKeyRing([{ id: "2026-01", secret: "0123456789abcdef0123456789abcdef" }]);
 * // Later, in every process: it verifies at once, and signs once all processes know it.
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

  /** If several managers share a database, the first one ends all the sessions. */
  const endOf = (id: string): Promise<number> => {
    const done = Promise.all([...listeners].map((listener) => listener.compromised(id)));
    const count = done.then((counts) => counts.reduce((sum, one) => sum + one, 0));
    // An outage must not end the process of a caller that does not await this.
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
