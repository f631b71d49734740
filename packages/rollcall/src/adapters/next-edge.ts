import type { JsonObject } from "../core/model/json.js";
import type { SessionId } from "../core/model/session.js";
import type { User } from "../core/model/user.js";
import {
  ACCESS_TOKEN_TYPE,
  fromPayload,
  isPayload,
  keyLabel,
} from "../core/tokens/token-layout.js";
import { type CookieNames, cookieNames, readCookies } from "../http/cookies.js";
import type { RequestHead } from "../http/request-head.js";

type Secret = string | Uint8Array;

/** Options of {@link verifyWithoutRevocation}: what `createSessions` was given. */
export interface WithoutRevocationOptions {
  /** The secret, or those of the key ring's entries. Tokens signed with `signing` pairs are not known here. */
  readonly secret: Secret | readonly Secret[];
  /** `issuer` of `createSessions`. @default "rollcall" */
  readonly issuer?: string;
  /** `audience` of `createSessions`. @default the issuer */
  readonly audience?: string;
  /** As `createHttp` was given it. @default `{ prefix: "rollcall" }` */
  readonly cookies?: {
    /** `prefix` of the cookies. @default "rollcall" */
    readonly prefix?: string;
  };
}

/** The user and session that a token was issued to. */
export interface UncheckedCaller {
  readonly user: User;
  readonly sessionId: SessionId;
  readonly expiresAt: Date;
}

/**
 * Checks only the signature of a request's access token, for runtimes without a database, such as
 * Next's edge runtime. The session may have ended since, so do not use this to grant access or to
 * show private data. `null` does not mean signed out either: a browser drops its expired access
 * cookie while the session goes on. So do not redirect to the sign-in page because of it. Where
 * Node.js runs, use `proxy` of `rollcall/next`.
 *
 * @example
 * ```ts
 * import { verifyWithoutRevocation } from "rollcall/next/edge";
 *
 * export async function variant(request: Request): Promise<"member" | "visitor"> {
 *   const secret = process.env["ROLLCALL_SECRET"] ?? "";
 *   const caller = await verifyWithoutRevocation(request, { secret });
 *   return caller === null ? "visitor" : "member";
 * }
 * ```
 */
export async function verifyWithoutRevocation(
  request: RequestHead,
  { secret, issuer = "rollcall", audience = issuer, cookies }: WithoutRevocationOptions,
): Promise<UncheckedCaller | null> {
  const token = tokenOf(request, cookieNames(cookies?.prefix));
  const [header, payload, signature, ...more] = token?.split(".") ?? [];
  if (header === undefined || payload === undefined || signature === undefined) return null;
  if (more.length > 0 || !isOurs(objectIn(header))) return null;
  const signed = new TextEncoder().encode(`${header}.${payload}`);
  const bytes = decode(signature);
  if (bytes === null) return null;
  for (const candidate of [secret].flat()) {
    const key = await accessTokenKey(candidate, issuer);
    if (!(await crypto.subtle.verify("HMAC", key, bytes, signed))) continue;
    return callerIn(objectIn(payload), issuer, audience);
  }
  return null;
}

/** A bearer token takes precedence, as everywhere: cookies beside it are ignored. */
function tokenOf(request: RequestHead, names: CookieNames): string | undefined {
  const header = request.headers.get("authorization");
  if (header !== null) return /^bearer +([\w.-]+) *$/i.exec(header)?.[1];
  const { accessToken, contested } = readCookies(request, names);
  // The cookie occurs twice, and nothing tells which one is ours.
  return contested === null ? accessToken : undefined;
}

/** Accepts one algorithm, and access tokens only (RFC 8725 §3.1, §3.11). */
function isOurs(header: JsonObject | null): boolean {
  return header?.["alg"] === "HS256" && header["typ"] === ACCESS_TOKEN_TYPE;
}

/** As the session manager derives it (RFC 5869). */
async function accessTokenKey(secret: Secret, issuer: string): Promise<CryptoKey> {
  const utf8 = new TextEncoder();
  const bytes = typeof secret === "string" ? utf8.encode(secret) : Uint8Array.from(secret);
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = utf8.encode(keyLabel("access-token", issuer));
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const kind = { name: "HMAC", hash: "SHA-256", length: 256 };
  return await crypto.subtle.deriveKey(derivation, material, kind, false, ["verify"]);
}

/** The bytes of a base64url string; `null` if it is not one. */
function decode(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const latin1 = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(latin1, (unit) => unit.charCodeAt(0));
  } catch {
    return null;
  }
}

function objectIn(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(decode(text) ?? undefined));
    return isPayload(value) ? value : null;
  } catch {
    return null;
  }
}

function callerIn(
  payload: JsonObject | null,
  issuer: string,
  audience: string,
): UncheckedCaller | null {
  const claims = payload === null ? null : fromPayload(payload, { issuer, audience });
  if (claims === null) return null;
  const { user, sessionId, expiresAt } = claims;
  return expiresAt > Date.now() ? { user, sessionId, expiresAt: new Date(expiresAt) } : null;
}
