import { createKeyRing, type KeyRing, ringAccess } from "./key-ring.js";
import { secretBytes } from "./signing-key.js";

/** What `createSessions` may be given: one or the other. */
interface ChosenKeys {
  readonly keys?: KeyRing;
  readonly secret?: string | Uint8Array | readonly (string | Uint8Array)[];
}

/** The ring of `keys`, or one of `secret`. @throws TypeError naming the option at fault. */
export function chosenRing({ keys, secret }: ChosenKeys): KeyRing {
  if (keys !== undefined && secret !== undefined) {
    throw new TypeError("give either secret or keys, not both");
  }
  if (keys !== undefined) {
    if (typeof keys?.[ringAccess]?.bind !== "function") {
      throw new TypeError("keys must be a ring that createKeyRing made");
    }
    return keys;
  }
  if (secret === undefined) throw new TypeError("secret is missing: at least 32 random bytes");
  const secrets = isList(secret) ? secret : [secret];
  if (secrets.length === 0) throw new TypeError("secret must not be an empty list");
  const entries = secrets.map((one) => ({ secret: secretBytes(one, "secret") }));
  // In a ring the newest key comes last and signs; in the option the first signs.
  return createKeyRing(entries.reverse());
}

function isList<T>(value: string | Uint8Array | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
