/*
 * If (r, s) is a valid ECDSA signature, so is (r, n - s): the holder of a token could make a second
 * one with other bytes. Only the lower `s` is accepted, so that each token has one spelling.
 */

/** The order of P-256 (FIPS 186-4, D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const HALF = Buffer.from((ORDER / 2n).toString(16).padStart(64, "0"), "hex");

const S = 32;

/** Whether a signature, `r` and `s` of 32 bytes each, has the lower `s`. */
export function isLowS(signature: Buffer): boolean {
  return signature.length === 2 * S && HALF.compare(signature, S) >= 0;
}

/** The signature with the lower `s`. */
export function toLowS(signature: Buffer): Buffer {
  if (isLowS(signature)) return signature;
  const s = ORDER - BigInt(`0x${signature.toString("hex", S)}`);
  const low = Buffer.from(s.toString(16).padStart(64, "0"), "hex");
  return Buffer.concat([signature.subarray(0, S), low]);
}
