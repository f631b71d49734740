import type { JsonWebKey, KeyObject } from "node:crypto";

/** The asymmetric algorithms (RFC 7518 §3.4, RFC 8037). */
export type SigningAlgorithm = "ES256" | "EdDSA";

/** A key pair for signing access tokens, so that other services can verify them through the JWKS document. */
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
   * @default derived from the secret, as for `secret` of `createSessions`, so that you can move from
   *   a plain secret to a ring: `createKeyRing([{ secret: old }, { id: "2027-01", secret: next }])`
   */
  readonly id?: string;
  /** At least 32 random bytes; a string counts as UTF-8. All keys of the entry are derived from it. */
  readonly secret: string | Uint8Array;
  /** Signs access tokens instead of HS256. Refresh tokens always use the secret. */
  readonly signing?: SigningPair;
  /** When the entry starts to sign. It verifies at once, so that all processes can know it first. @default at once */
  readonly signsFrom?: Date;
}

/** An entry with its id, given or derived. */
export type IdentifiedEntry = KeyEntry & { readonly id: string };

/** A JWKS document (RFC 7517). */
export interface JsonWebKeySet {
  readonly keys: readonly JsonWebKey[];
}
