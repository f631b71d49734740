import { randomUUID } from "node:crypto";
import type { JsonObject } from "../model/json.js";
import { isSessionId, type SessionId } from "../model/session.js";
import type { User } from "../model/user.js";
import type { BoundRing } from "./bound-ring.js";

/** What an access token says (RFC 9068 §2.2). Times in milliseconds. */
export interface AccessClaims {
  readonly user: User;
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Signed before the session was committed, so that a database has to say whether it ever was. */
  readonly pending: boolean;
  /** What `claimsFor` added. */
  readonly extra: JsonObject;
}

/** Who issues and for whom. */
export interface AccessTokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly ring: BoundRing;
}

/** Claims that Rollcall sets or that change what a token means; `claimsFor` may not. */
export const RESERVED_CLAIMS: readonly string[] =
  "iss aud sub ut sid gen iat exp nbf jti cnf act scope client_id typ rollcall_pending".split(" ");

/** What a cookie may hold with its name and attributes (RFC 6265 §6.1: 4096), less room for those. */
const LONGEST_TOKEN = 3900;
/** A header with a key id of 32 characters, a signature of 64 bytes, and the two dots. */
const LONGEST_REST = 184;
const LONGEST_PAYLOAD = Math.floor(((LONGEST_TOKEN - LONGEST_REST) * 3) / 4);

/**
 * How many bytes of JSON `claimsFor` may answer for a user. By the largest that the other claims can
 * become while the session lives, under whichever key: what fits once always fits.
 */
export function roomForClaims(
  user: User,
  settings: Pick<AccessTokenSettings, "issuer" | "audience">,
): number {
  const largest = ownClaims(
    { user, sessionId: SOME_ID, generation: 1e15, issuedAt: 1e15, expiresAt: 1e15, pending: true },
    settings,
  );
  // The braces of one of the two objects become the comma between them.
  return LONGEST_PAYLOAD - Buffer.byteLength(JSON.stringify(largest)) + 1;
}

const SOME_ID = randomUUID();

function ownClaims(
  claims: Omit<AccessClaims, "extra" | "sessionId"> & { readonly sessionId: string },
  { issuer, audience }: Pick<AccessTokenSettings, "issuer" | "audience">,
): JsonObject {
  return {
    iss: issuer,
    aud: audience,
    sub: claims.user.id,
    ut: claims.user.type,
    sid: claims.sessionId,
    gen: claims.generation,
    iat: Math.floor(claims.issuedAt / 1000),
    exp: Math.floor(claims.expiresAt / 1000),
    jti: randomUUID(),
    ...(claims.pending ? { rollcall_pending: true } : {}),
  };
}

/** Signs an access token with the key that signs now. */
export function signAccessToken(claims: AccessClaims, settings: AccessTokenSettings): string {
  const key = settings.ring.current();
  const payload = JSON.stringify({ ...claims.extra, ...ownClaims(claims, settings) });
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
export function openAccessToken(token: string, settings: AccessTokenSettings): AccessClaims | null {
  const key = settings.ring.ofToken(token);
  if (key === undefined) return null;
  const payloadEnd = token.indexOf(".", key.prefix.length);
  if (payloadEnd < 0) return null;
  if (!key.verify(token.slice(0, payloadEnd), token.slice(payloadEnd + 1))) return null;
  return readPayload(token.slice(key.prefix.length, payloadEnd), settings);
}

/** Payloads are decoded here, one after another; ours are shorter by far. */
const decoded = Buffer.alloc(8192);

function readPayload(encoded: string, settings: AccessTokenSettings): AccessClaims | null {
  const text = decoded.toString("utf8", 0, decoded.write(encoded, "base64url"));
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(payload)) return null;
  const { iss, aud, sub, ut, sid, gen, iat, exp, rollcall_pending } = payload;
  if (iss !== settings.issuer || aud !== settings.audience) return null;
  if (typeof sub !== "string" || typeof ut !== "string") return null;
  if (typeof sid !== "string" || !isSessionId(sid)) return null;
  if (typeof gen !== "number" || typeof iat !== "number" || typeof exp !== "number") return null;
  return {
    user: { type: ut, id: sub },
    sessionId: sid,
    generation: gen,
    issuedAt: iat * 1000,
    expiresAt: exp * 1000,
    pending: rollcall_pending === true,
    extra: text.startsWith(OWN_FIRST) ? NONE : extraOf(payload),
  };
}

const NONE: JsonObject = Object.freeze({});

/** Extra claims are written before our own: the usual token has none, and nothing to take apart. */
const OWN_FIRST = '{"iss":';

function extraOf(payload: JsonObject): JsonObject {
  const { iss, aud, sub, ut, sid, gen, iat, exp, jti, rollcall_pending, ...extra } = payload;
  return extra;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
