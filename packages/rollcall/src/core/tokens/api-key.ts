import { createHash, randomBytes } from "node:crypto";
import { isSessionId, type SessionId } from "../model/session.js";
import { equalText } from "./signing-key.js";

/** The content of an API key. */
export interface ApiKey {
  readonly prefix: string;
  readonly sessionId: SessionId;
  readonly secret: Buffer;
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = 62n;
const ID_BYTES = 16;
const SECRET_BYTES = 32;
/** So many digits hold the bytes of both, and those of a CRC-32. */
const BODY_DIGITS = 65;
const CHECKSUM_DIGITS = 6;
const DIGITS_AFTER_PREFIX = BODY_DIGITS + CHECKSUM_DIGITS;

/**
 * Lower case, so that no key begins as a JWT does (`eyJ`), and parts joined by `_`, which is no digit:
 * what follows the last `_` is the key itself.
 */
const PREFIX = /^(?=.{2,24}$)[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const PATTERN = new RegExp(`^([a-z][a-z0-9_]{1,23})_([0-9A-Za-z]{${DIGITS_AFTER_PREFIX}})$`);

/** Whether keys may begin with a text. */
export function isPrefix(text: unknown): text is string {
  return typeof text === "string" && PREFIX.test(text);
}

/** The prefix of what is written like an API key, whatever it is worth; `null` for anything else. */
export function prefixOf(token: string): string | null {
  return PATTERN.exec(token)?.[1] ?? null;
}

/** The secret of a new API key. */
export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** What the database keeps of a secret. It has 256 random bits, so one round of SHA-256 will do. */
export function hashSecret(secret: Buffer): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** Whether a secret is the one of which the database keeps a hash. In constant time. */
export function isSecretOf(hash: string, secret: Buffer): boolean {
  return equalText(hash, hashSecret(secret));
}

/**
 * Encodes an API key: the prefix, the session's id and the secret as one number in base 62, and a
 * checksum of all that stands before it. The checksum is no secret: by it scanners and people tell a
 * key from something that only looks like one, and a typo is refused without I/O.
 */
export function encodeApiKey({ prefix, sessionId, secret }: ApiKey): string {
  const id = Buffer.from(sessionId.replaceAll("-", ""), "hex");
  const number = BigInt(`0x${Buffer.concat([id, secret]).toString("hex")}`);
  const text = `${prefix}_${toDigits(number, BODY_DIGITS)}`;
  return `${text}${toDigits(BigInt(crc32(text)), CHECKSUM_DIGITS)}`;
}

/** Decodes an API key; `null` if its checksum is wrong. Says nothing about whether it exists. No I/O. */
export function decodeApiKey(token: string): ApiKey | null {
  const [, prefix, digits] = PATTERN.exec(token) ?? [];
  if (prefix === undefined || digits === undefined) return null;
  const number = fromDigits(digits.slice(0, BODY_DIGITS));
  const hex = number.toString(16).padStart(2 * (ID_BYTES + SECRET_BYTES), "0");
  const id = hex
    .slice(0, 2 * ID_BYTES)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  if (!isSessionId(id)) return null;
  const secret = Buffer.from(hex.slice(2 * ID_BYTES), "hex");
  if (secret.length !== SECRET_BYTES) return null;
  const key = { prefix, sessionId: id, secret };
  // Compared as a whole, so that each key has one spelling.
  return encodeApiKey(key) === token ? key : null;
}

function toDigits(number: bigint, length: number): string {
  let text = "";
  for (let rest = number; rest > 0n; rest /= BASE) text = DIGITS.charAt(Number(rest % BASE)) + text;
  return text.padStart(length, DIGITS.charAt(0));
}

function fromDigits(text: string): bigint {
  let number = 0n;
  for (const digit of text) number = number * BASE + BigInt(DIGITS.indexOf(digit));
  return number;
}

/** CRC-32 as in gzip and PNG (ISO 3309), which GitHub's tokens have too. Texts are ASCII and short. */
export function crc32(text: string): number {
  let remainder = 0xffffffff;
  for (const byte of Buffer.from(text, "latin1")) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder >>> 1) ^ ((remainder & 1) === 1 ? 0xedb88320 : 0);
    }
  }
  return (remainder ^ 0xffffffff) >>> 0;
}
