import { randomUUID } from "node:crypto";
import type { JsonObject } from "../model/json.js";
import { contextOf, isSessionId, type StoredSession } from "../model/session.js";
import type { BoundRing } from "./bound-ring.js";
import {
  type AccessClaims,
  extraClaims,
  fromPayload,
  isPayload,
  type TokenParties,
  toPayload,
} from "./token-layout.js";

/** Who issues and for whom, and with which keys. */
export interface AccessTokenSettings extends TokenParties {
  readonly ring: BoundRing;
}

/** An access token's claims, with what `claimsFor` added. */
export interface OpenedAccessToken extends AccessClaims {
  readonly extra: JsonObject;
}

/** What a cookie may hold with its name and attributes (RFC 6265 §6.1: 4096), less room for those. */
const LONGEST_TOKEN = 3900;
/** A header with a key id of 32 characters, a signature of 64 bytes, and the two dots. */
const LONGEST_REST = 184;
const LONGEST_PAYLOAD = Math.floor(((LONGEST_TOKEN - LONGEST_REST) * 3) / 4);

/**
 * How many bytes of JSON `claimsFor` may answer for a session. By the largest that the other claims can
 * become while the session lives, under whichever key: what fits once always fits.
 */
export function roomForClaims(session: StoredSession, parties: TokenParties): number {
  const { user } = session;
  const sessionId = randomUUID();
  if (!isSessionId(sessionId)) throw new TypeError("a random UUID is a session id");
  const times = { generation: 1e15, issuedAt: 1e15, expiresAt: 1e15 };
  const claims = { user, sessionId, ...times, pending: true, context: contextOf(session) };
  const largest = toPayload(claims, parties, randomUUID());
  // The braces of one of the two objects become the comma between them.
  return LONGEST_PAYLOAD - Buffer.byteLength(JSON.stringify(largest)) + 1;
}

/** Signs an access token with the key that signs now. */
export function signAccessToken(claims: OpenedAccessToken, settings: AccessTokenSettings): string {
  const key = settings.ring.current();
  const payload = JSON.stringify({ ...claims.extra, ...toPayload(claims, settings, randomUUID()) });
  const signed = `${key.prefix}${Buffer.from(payload).toString("base64url")}`;
  return `${signed}.${key.sign(signed)}`;
}

/**
 * The claims of an access token of ours; `null` when it is malformed, forged, of another kind or
 * meant for somebody else. The expiry is the caller's to judge. No I/O.
 *
 * The header is compared as a whole with those of the ring, so the algorithm is the key's own, and
 * `none` or an unknown `kid` has nothing to match (RFC 8725 §3.1).
 */
export function openAccessToken(
  token: string,
  settings: Omit<AccessTokenSettings, "clientId">,
): OpenedAccessToken | null {
  const key = settings.ring.ofToken(token);
  if (key === undefined) return null;
  const payloadEnd = token.indexOf(".", key.prefix.length);
  if (payloadEnd < 0) return null;
  if (!key.verify(token.slice(0, payloadEnd), token.slice(payloadEnd + 1))) return null;
  return readPayload(token.slice(key.prefix.length, payloadEnd), settings);
}

/** Payloads are decoded here, one after another; ours are shorter by far. */
const decoded = Buffer.alloc(8192);

function readPayload(
  encoded: string,
  settings: Omit<AccessTokenSettings, "clientId">,
): OpenedAccessToken | null {
  const text = decoded.toString("utf8", 0, decoded.write(encoded, "base64url"));
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isPayload(payload)) return null;
  const claims = fromPayload(payload, settings);
  if (claims === null) return null;
  const extra = text.startsWith(OWN_FIRST) ? NONE : extraClaims(payload);
  // Named, because spreading them took a tenth of a token's first check.
  const { user, sessionId, generation, issuedAt, expiresAt, pending, context } = claims;
  return { user, sessionId, generation, issuedAt, expiresAt, pending, context, extra };
}

const NONE: JsonObject = Object.freeze({});

/** Extra claims are written before our own: the usual token has none, and nothing to take apart. */
const OWN_FIRST = '{"iss":';
