/*
 * An ECDSA signature (r, s) is as good as (r, n - s): whoever holds a token could write a second one
 * with other bytes. The lower `s` is the one that counts, so that a token has one text.
 */

/** The order of P-256 (FIPS 186-4, D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const HALF = Buffer.from((ORDER / 2n).toString(16).padStart(64, "0"), "hex");

const S = 32;

/** Whether a signature, `r` and `s` of 32 bytes each, is the one that counts. */
export function isLowS(signature: Buffer): boolean {
  return signature.length === 2 * S && HALF.compare(signature, S) >= 0;
}

/** The one of the two signatures that counts. */
export function toLowS(signature: Buffer): Buffer {
  if (isLowS(signature)) return signature;
  const s = ORDER - BigInt(`0x${signature.toString("hex", S)}`);
  const low = Buffer.from(s.toString(16).padStart(64, "0"), "hex");
  return Buffer.concat([signature.subarray(0, S), low]);
}
