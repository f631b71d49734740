import { isSessionId, type SessionId } from "../model/session.js";
import type { BoundRing } from "./bound-ring.js";
import { equalText, type SigningKey } from "./signing-key.js";

/** The content of a "this wasn't me" link. */
export interface DisavowalClaims {
  readonly sessionId: SessionId;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const PATTERN =
  /^(nm1\.([0-9a-f-]{36})\.([1-9][0-9]{0,14})\.([A-Za-z0-9_-]{1,32}))\.([A-Za-z0-9_-]{43})$/;

/**
 * Encodes the token of a link: version, session id, expiry, key id and a 256-bit MAC. It names no
 * user, since it travels in an address, which servers write into their logs.
 */
export function encodeDisavowal(
  { sessionId, expiresAt }: DisavowalClaims,
  key: SigningKey,
): string {
  const body = `nm1.${sessionId}.${expiresAt}.${key.id}`;
  return `${body}.${key.disavowalMac(body)}`;
}

/** Decodes the token of a link; `null` if it is not genuine, or over at `now`. No I/O. */
export function decodeDisavowal(
  token: string,
  ring: Pick<BoundRing, "get">,
  now: number,
): DisavowalClaims | null {
  const [, body, sessionId, expiry, keyId, mac] = PATTERN.exec(token) ?? [];
  if (body === undefined || keyId === undefined || mac === undefined) return null;
  if (sessionId === undefined || !isSessionId(sessionId)) return null;
  const key = ring.get(keyId);
  if (key === undefined || !equalText(key.disavowalMac(body), mac)) return null;
  const expiresAt = Number(expiry);
  return expiresAt > now ? { sessionId, expiresAt } : null;
}
