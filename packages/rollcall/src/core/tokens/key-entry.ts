import type { JsonWebKey, KeyObject } from "node:crypto";

/** The asymmetric algorithms (RFC 7518 §3.4, RFC 8037). */
export type SigningAlgorithm = "ES256" | "EdDSA";

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
