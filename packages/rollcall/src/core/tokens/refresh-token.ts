import { isSessionId, type SessionId } from "../model/session.js";
import type { BoundRing } from "./bound-ring.js";
import { equalText, type SigningKey } from "./signing-key.js";

/** The content of a genuine refresh token. */
export interface RefreshClaims {
  readonly sessionId: SessionId;
  readonly generation: number;
}

/** The content of a presented token, with the id of its key. */
export interface PresentedToken extends RefreshClaims {
  readonly keyId: string;
}

const PREFIX = "rt1";
const PATTERN =
  /^rt1\.([0-9a-f-]{36})\.([1-9][0-9]{0,14})\.([A-Za-z0-9_-]{1,32})\.[A-Za-z0-9_-]{43}$/;

/**
 * Encodes a refresh token: version, session, generation, key id and a 256-bit MAC. None of it is
 * stored: a retry derives the same successor again, and nobody can derive tokens from a leaked database.
 */
export function encodeRefreshToken(claims: RefreshClaims, key: SigningKey): string {
  const body = `${PREFIX}.${claims.sessionId}.${claims.generation}.${key.id}`;
  return `${body}.${key.mac(body)}`;
}

/** Decodes a refresh token; `null` if it is not genuine. No I/O. */
export function decodeRefreshToken(token: string, ring: BoundRing): PresentedToken | null {
  const [, sessionId, generation, keyId] = PATTERN.exec(token) ?? [];
  if (sessionId === undefined || !isSessionId(sessionId) || keyId === undefined) return null;
  const key = ring.get(keyId);
  if (key === undefined) return null;
  const claims = { sessionId, generation: Number(generation) };
  return equalText(encodeRefreshToken(claims, key), token) ? { ...claims, keyId } : null;
}
