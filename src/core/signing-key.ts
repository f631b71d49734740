import {
  createHmac,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { KeyEntry, SigningPair } from "./key-ring.js";

/** The asymmetric algorithms (RFC 7518 §3.4, RFC 8037). */
export type SigningAlgorithm = "ES256" | "EdDSA";

/** One key of the ring, derived for one issuer. */
export interface SigningKey {
  readonly id: string;
  readonly signsFrom: number;
  /** Since when it is known to sign: what `drop` goes by. */
  readonly signingSince: number;
  readonly signing: SigningPair | undefined;
  /** The encoded JOSE header of its access tokens: constant, so it names key and algorithm at once. */
  readonly header: string;
  /** The signature of an access token, in base64url. */
  sign(signed: string): string;
  verify(signed: string, signature: string): boolean;
  /** The MAC of a refresh token, in base64url. */
  mac(text: string): string;
}

/** The least that a secret may hold. */
const SECRET_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** @throws TypeError naming the field at fault. */
export function createSigningKey(entry: KeyEntry, issuer: string, now: number): SigningKey {
  if (typeof entry.id !== "string" || !KEY_ID.test(entry.id)) {
    throw new TypeError("keys: id must be 1 to 32 characters of A-Z a-z 0-9 _ -");
  }
  const secret = secretBytes(entry.secret, `keys: the secret of "${entry.id}"`);
  const signsFrom = entry.signsFrom?.getTime() ?? 0;
  if (Number.isNaN(signsFrom)) {
    throw new TypeError(`keys: signsFrom of "${entry.id}" is no valid date`);
  }
  // One key per purpose and issuer, so that no token of one kind passes for another (RFC 5869).
  const derive = (purpose: string): KeyObject =>
    createSecretKey(
      new Uint8Array(hkdfSync("sha256", secret, "", `rollcall/1/${purpose}/${issuer}`, 32)),
    );
  const refreshKey = derive("refresh-token");
  const pair = entry.signing;
  const signer =
    pair === undefined ? hmacSigner(derive("access-token")) : pairSigner(pair, entry.id);
  const alg = pair?.alg ?? "HS256";
  const header = JSON.stringify({ alg, typ: "at+jwt", kid: entry.id });
  return {
    id: entry.id,
    signsFrom,
    signingSince: entry.signsFrom === undefined ? now : signsFrom,
    signing: pair,
    header: Buffer.from(header).toString("base64url"),
    ...signer,
    mac: (text) => createHmac("sha256", refreshKey).update(text).digest("base64url"),
  };
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

function hmacSigner(key: KeyObject): Signer {
  const hmac = (signed: string): string =>
    createHmac("sha256", key).update(signed).digest("base64url");
  return { sign: hmac, verify: (signed, signature) => equalText(hmac(signed), signature) };
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
    sign: (signed) =>
      sign(digest, Buffer.from(signed), {
        key: privateKey,
        dsaEncoding: "ieee-p1363",
      }).toString("base64url"),
    verify(signed, signature) {
      const bytes = Buffer.from(signature, "base64url");
      // Only one spelling of a signature counts, so that a token has one text.
      if (bytes.toString("base64url") !== signature) return false;
      return verify(
        digest,
        Buffer.from(signed),
        { key: publicKey, dsaEncoding: "ieee-p1363" },
        bytes,
      );
    },
  };
}

/** Compares without telling by its time where two texts differ. */
export function equalText(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
