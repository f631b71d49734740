import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { createRequire } from "node:module";

const COST = 2 ** 15;
const KEY_BYTES = 32;
const OURS = /^scrypt\$\d+\$[\w-]+\$[\w-]+$/;
const BCRYPT = /^\$2[aby]\$\d\d\$[./\w]{53}$/;

function derive(password: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  const options = { N: cost, r: 8, p: 1, maxmem: 256 * cost * 8 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** `scrypt$cost$salt$key` (RFC 7914). @throws TypeError for what is no text, which inputs may be. */
export async function hashPassword(password: string): Promise<string> {
  if (typeof password !== "string") throw new TypeError("a password must be a string");
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `scrypt$${COST}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

const isHash = (text: unknown): text is string =>
  typeof text === "string" && (OURS.test(text) || BCRYPT.test(text));

/**
 * Whether a password is the one that was hashed, here or by the package, which hashes by bcrypt. Its
 * older versions take the hash first: which of the two is one can be seen.
 *
 * @throws TypeError for a bcrypt hash where `bcryptjs` is not installed.
 */
export async function verifyPassword(password: unknown, hash: unknown): Promise<boolean> {
  // Two hashes: a stolen one must not do as the password for another, whichever comes first.
  if (isHash(password) === isHash(hash)) return false;
  if (isHash(password)) return await verifyPassword(hash, password);
  if (typeof password !== "string" || !isHash(hash)) return false;
  if (BCRYPT.test(hash)) return await bcrypt().compare(password, hash);
  const [, cost, salt, key] = hash.split("$");
  if (salt === undefined || key === undefined || !(Number(cost) <= 2 ** 20)) return false;
  const expected = Buffer.from(key, "base64url");
  const given = await derive(password, Buffer.from(salt, "base64url"), Number(cost));
  return expected.length === given.length && timingSafeEqual(expected, given);
}

interface Bcrypt {
  compare(password: string, hash: string): Promise<boolean>;
}

/** Only those with old hashes need it. */
function bcrypt(): Bcrypt {
  try {
    const found: Bcrypt = createRequire(import.meta.url)("bcryptjs");
    return found;
  } catch (cause) {
    throw new TypeError("this password was hashed by bcrypt: npm install bcryptjs", { cause });
  }
}
