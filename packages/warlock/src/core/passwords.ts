import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { SessionError } from "rollcall";
import { state } from "../state.js";
import { optionalPeer } from "./optional-peer.js";

const COST = 2 ** 15;
const KEY_BYTES = 32;
/** As {@link hashPassword} writes them. A hash of another cost would choose how much work we do. */
const OURS = new RegExp(`^scrypt\\$${COST}\\$([\\w-]{22})\\$([\\w-]{43})$`);
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z\d]{53}$/;
/**
 * In UTF-16 units, looked at before anything else is done with a password: normalisation alone can
 * make a megabyte eighteen times as long. RFC 8265 leaves the limit to applications.
 */
const LONGEST = 1024;

function derive(password: string, salt: Uint8Array): Promise<Buffer> {
  const options = { N: COST, r: 8, p: 1, maxmem: 256 * COST * 8 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/**
 * `scrypt$cost$salt$key` (RFC 7914).
 *
 * @throws SessionError `malformed_request` for what is no text, which inputs may be, or is longer
 *   than 1024 characters.
 */
export async function hashPassword(password: string): Promise<string> {
  if (typeof password !== "string" || password.length > LONGEST) {
    const message = `a password must be a string of at most ${LONGEST} characters`;
    throw new SessionError("malformed_request", { message });
  }
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return `scrypt$${COST}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

const isHash = (text: unknown): text is string =>
  typeof text === "string" && (OURS.test(text) || BCRYPT.test(text));

/**
 * Whether a password is the one that was hashed, here or by the package, which hashes by bcrypt.
 * What a client sent goes first and is never read as a hash. A stored value that is no hash of
 * either kind, such as `""`, `"!"` or one of another algorithm, is nobody's password.
 *
 * @param password what the client sent
 * @param hash what is stored
 * @throws TypeError for a bcrypt hash where `bcryptjs` is not installed.
 */
export async function verifyPassword(password: unknown, hash: unknown): Promise<boolean> {
  // For every account alike, so that answering at once tells nothing.
  if (typeof password !== "string" || password.length > LONGEST) return false;
  if (isHash(hash)) {
    state.passwords.decoy = hash;
    return await matches(password, hash);
  }
  if (isHash(password)) warnOfOrder();
  state.passwords.decoy ??= await hashPassword("nobody has this password");
  await matches(password, state.passwords.decoy);
  return false;
}

async function matches(password: string, hash: string): Promise<boolean> {
  const [, salt, key] = OURS.exec(hash) ?? [];
  if (salt === undefined || key === undefined) return await bcrypt().compare(password, hash);
  const given = await derive(password, Buffer.from(salt, "base64url"));
  return timingSafeEqual(Buffer.from(key, "base64url"), given);
}

/** Once: clients could fill the log with it. */
function warnOfOrder(): void {
  if (state.passwords.isOrderToldOf) return;
  state.passwords.isOrderToldOf = true;
  process.emitWarning(
    "rollcall-warlock: verifyPassword was given a hash as the password. It takes what the client " +
      "sent first and the stored hash second; code for the first versions of the package has them " +
      "the other way round.",
  );
}

interface Bcrypt {
  compare(password: string, hash: string): Promise<boolean>;
}

/** Only those with old hashes need it. */
function bcrypt(): Bcrypt {
  const found: unknown = optionalPeer("bcryptjs", "a password that was hashed by bcrypt");
  if (isBcrypt(found)) return found;
  throw new TypeError("bcryptjs has no compare(password, hash): install version 2 or 3");
}

function isBcrypt(found: unknown): found is Bcrypt {
  return typeof found === "object" && found !== null && "compare" in found;
}
