import {
  createHash,
  createPublicKey,
  hash,
  hkdfSync,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import { optionalTime } from "../model/argument.js";
import type { IdentifiedEntry, KeyEntry, SigningPair } from "./key-entry.js";
import { isLowS, toLowS } from "./low-s.js";
import { ACCESS_TOKEN_TYPE, type KeyPurpose, keyLabel } from "./token-layout.js";

/** One key of the ring, derived for one issuer. */
export interface SigningKey {
  readonly id: string;
  readonly signsFrom: number;
  /** Since when it has signed, for `drop`. */
  readonly signingSince: number;
  readonly signing: SigningPair | undefined;
  /**
   * What its access tokens start with: the encoded JOSE header and a dot. It is constant, so it
   * identifies both key and algorithm.
   */
  readonly prefix: string;
  /** The signature of an access token, in base64url. */
  sign(signed: string): string;
  verify(signed: string, signature: string): boolean;
  /** The MAC of a refresh token, in base64url. */
  mac(text: string): string;
  /** The MAC of a device token, in base64url. */
  deviceMac(text: string): string;
  /** The MAC of a "this wasn't me" link, in base64url. */
  disavowalMac(text: string): string;
}

/** The shortest secret. */
const SECRET_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** @throws TypeError naming the field at fault. */
export function createSigningKey(entry: IdentifiedEntry, issuer: string, now: number): SigningKey {
  const secret = secretBytes(entry.secret, `keys: the secret of "${entry.id}"`);
  const signsFrom = optionalTime(entry.signsFrom, `keys: signsFrom of "${entry.id}"`) ?? 0;
  // One key per purpose and issuer, so that no token of one kind passes for another (RFC 5869).
  const derive = (purpose: KeyPurpose): Hmac =>
    hmacSha256(new Uint8Array(hkdfSync("sha256", secret, "", keyLabel(purpose, issuer), 32)));
  const pair = entry.signing;
  const signer =
    pair === undefined ? hmacSigner(derive("access-token")) : pairSigner(pair, entry.id);
  const alg = pair?.alg ?? "HS256";
  const header = JSON.stringify({ alg, typ: ACCESS_TOKEN_TYPE, kid: entry.id });
  return {
    id: entry.id,
    signsFrom,
    signingSince: entry.signsFrom === undefined ? now : signsFrom,
    signing: pair,
    prefix: `${Buffer.from(header).toString("base64url")}.`,
    ...signer,
    mac: derive("refresh-token"),
    deviceMac: derive("device"),
    disavowalMac: derive("disavowal"),
  };
}

/**
 * The id of an entry: its own, or one derived from its secret. The same secret is the same key
 * wherever it is given, and the id reveals nothing about the secret.
 *
 * @throws TypeError naming the field at fault.
 */
export function keyId({ id, secret }: KeyEntry): string {
  if (id === undefined) {
    const bytes = secretBytes(secret, "keys: the secret of an entry without an id");
    const digest = createHash("sha256").update("rollcall/1/key-id/").update(bytes);
    return digest.digest("base64url").slice(0, 8);
  }
  if (typeof id !== "string" || !KEY_ID.test(id)) {
    throw new TypeError("keys: id must be 1 to 32 characters of A-Z a-z 0-9 _ -");
  }
  return id;
}

/** @throws TypeError when there are fewer than 32 bytes. */
export function secretBytes(secret: string | Uint8Array, label: string): Uint8Array {
  const isText = typeof secret === "string";
  if (!isText && !(secret instanceof Uint8Array)) {
    throw new TypeError(`${label} must be a string or a Uint8Array`);
  }
  const bytes = isText ? new TextEncoder().encode(secret) : Uint8Array.from(secret);
  if (bytes.length < SECRET_BYTES) {
    throw new TypeError(
      `${label} must have at least ${SECRET_BYTES} bytes; make one with: openssl rand -base64 32`,
    );
  }
  return bytes;
}

type Signer = Pick<SigningKey, "sign" | "verify">;

function hmacSigner(hmac: Hmac): Signer {
  return { sign: hmac, verify: (signed, signature) => equalText(hmac(signed), signature) };
}

/** The HMAC of a string, in base64url. */
type Hmac = (text: string) => string;

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** The most UTF-8 bytes per UTF-16 unit. */
const MOST_BYTES_PER_UNIT = 3;

/**
 * HMAC-SHA256 (RFC 2104 §2) from two one-shot hashes, because `createHmac` creates a stream per call, which
 * took a fifth of a token's first check. The key may have 64 bytes at most.
 */
export function hmacSha256(key: Uint8Array): Hmac {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  outer.set(block.map((byte) => byte ^ 0x5c));
  // Both buffers are reused by every call; this one grows with the longest string.
  let inner = Buffer.alloc(0);
  const innerFor = (text: string): Buffer => {
    const needed = BLOCK_BYTES + MOST_BYTES_PER_UNIT * text.length;
    if (inner.length < needed) {
      inner = Buffer.alloc(Math.max(1024, 2 * needed));
      inner.set(block.map((byte) => byte ^ 0x36));
    }
    return inner;
  };
  return (text) => {
    const message = innerFor(text);
    const end = BLOCK_BYTES + message.write(text, BLOCK_BYTES);
    const digest = hash("sha256", message.subarray(0, end), "binary");
    outer.write(digest, BLOCK_BYTES, "binary");
    return hash("sha256", outer, "base64url");
  };
}

function pairSigner(pair: SigningPair, id: string): Signer {
  const { alg, privateKey } = pair;
  if (alg !== "ES256" && alg !== "EdDSA") {
    throw new TypeError(`keys: signing.alg of "${id}" must be "ES256" or "EdDSA"`);
  }
  const fits =
    alg === "EdDSA"
      ? privateKey.asymmetricKeyType === "ed25519"
      : privateKey.asymmetricKeyDetails?.namedCurve === "prime256v1";
  if (privateKey.type !== "private" || !fits) {
    const kind = alg === "EdDSA" ? "an Ed25519" : "a P-256";
    throw new TypeError(`keys: signing.privateKey of "${id}" must be ${kind} private key`);
  }
  const digest = alg === "EdDSA" ? null : "sha256";
  const publicKey = createPublicKey(privateKey);
  return {
    sign(signed) {
      const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
      const bytes = sign(digest, Buffer.from(signed), key);
      return (alg === "ES256" ? toLowS(bytes) : bytes).toString("base64url");
    },
    verify(signed, signature) {
      const bytes = Buffer.from(signature, "base64url");
      // Only one spelling of a signature is accepted, so that each token has one spelling.
      if (bytes.toString("base64url") !== signature) return false;
      if (alg === "ES256" && !isLowS(bytes)) return false;
      return verify(
        digest,
        Buffer.from(signed),
        { key: publicKey, dsaEncoding: "ieee-p1363" },
        bytes,
      );
    },
  };
}

/** One pair for signatures, one for longer strings: the time of `timingSafeEqual` grows with the size. */
const COMPARED = [pairOf(64), pairOf(512)] as const;

function pairOf(bytes: number): readonly [Buffer, Buffer] {
  return [Buffer.alloc(bytes), Buffer.alloc(bytes)];
}

/** Compares two short strings in constant time. */
export function equalText(expected: string, given: string): boolean {
  const [a, b] = COMPARED[given.length <= 64 ? 0 : 1];
  if (expected.length !== given.length || given.length > a.length) return false;
  // The buffers are reused, so that a check allocates nothing. What they hold behind the strings is
  // equal too: the last strings were equal, or the buffers were cleared.
  const isEqual = a.write(expected) === b.write(given) && timingSafeEqual(a, b);
  if (!isEqual) for (const buffer of [a, b]) buffer.fill(0);
  return isEqual;
}
