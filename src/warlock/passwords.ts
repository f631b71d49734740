import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { createRequire } from "node:module";

const COST = 2 ** 15;
const KEY_BYTES = 32;

function derive(password: string, salt: Uint8Array, cost: number): Buffer {
  return scryptSync(password.normalize("NFKC"), salt, KEY_BYTES, {
    N: cost,
    r: 8,
    p: 1,
    maxmem: 256 * cost * 8,
  });
}

/** `scrypt$cost$salt$key` (RFC 7914). */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  const key = derive(password, salt, COST).toString("base64url");
  return `scrypt$${COST}$${salt.toString("base64url")}$${key}`;
}

/**
 * Whether a password is the one that was hashed, here or by the package, which hashes by bcrypt.
 *
 * @throws TypeError for a bcrypt hash where `bcryptjs` is not installed.
 */
export function verifyPassword(hash: string, password: string): boolean {
  if (/^\$2[aby]\$/.test(hash)) return bcrypt().compareSync(password, hash);
  const [kind, cost, salt, key] = hash.split("$");
  if (kind !== "scrypt" || salt === undefined || key === undefined) return false;
  if (Number(cost) > 2 ** 20) return false;
  const expected = Buffer.from(key, "base64url");
  const given = derive(password, Buffer.from(salt, "base64url"), Number(cost));
  return expected.length === given.length && timingSafeEqual(expected, given);
}

interface Bcrypt {
  compareSync(password: string, hash: string): boolean;
}

/** Only those with old hashes need it, and verifying is synchronous there. */
function bcrypt(): Bcrypt {
  try {
    const found: Bcrypt = createRequire(import.meta.url)("bcryptjs");
    return found;
  } catch (cause) {
    throw new TypeError("this password was hashed by bcrypt: npm install bcryptjs", { cause });
  }
}
