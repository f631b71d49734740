import { isSessionId, type SessionId } from "../model/session.js";
import type { BoundRing } from "./bound-ring.js";
import { equalText, type SigningKey } from "./signing-key.js";

/** What a genuine refresh token says. */
export interface RefreshClaims {
  readonly sessionId: SessionId;
  readonly generation: number;
}

/** What a token that was presented says: also by which key. */
export interface PresentedToken extends RefreshClaims {
  readonly keyId: string;
}

const PREFIX = "rt1";
const PATTERN =
  /^rt1\.([0-9a-f-]{36})\.([1-9][0-9]{0,14})\.([A-Za-z0-9_-]{1,32})\.[A-Za-z0-9_-]{43}$/;

/**
 * Encodes a refresh token: version, session, generation, key id and a 256-bit MAC. Nothing of it
 * needs to be stored, the successor can be made again for a retry, and a leaked database makes none.
 */
export function encodeRefreshToken(claims: RefreshClaims, key: SigningKey): string {
  const body = `${PREFIX}.${claims.sessionId}.${claims.generation}.${key.id}`;
  return `${body}.${key.mac(body)}`;
}

/** The claims of a token of ours, or `null`. No I/O. */
export function decodeRefreshToken(token: string, ring: BoundRing): PresentedToken | null {
  const [, sessionId, generation, keyId] = PATTERN.exec(token) ?? [];
  if (sessionId === undefined || !isSessionId(sessionId) || keyId === undefined) return null;
  const key = ring.get(keyId);
  if (key === undefined) return null;
  const claims = { sessionId, generation: Number(generation) };
  return equalText(encodeRefreshToken(claims, key), token) ? { ...claims, keyId } : null;
}
