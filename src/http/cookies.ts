import { SessionError } from "../core/errors.js";
import type { Token, TokenPair } from "../core/sessions-api.js";
import type { RequestHead } from "./request-head.js";

/** How this application's cookies are named and marked. */
export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  readonly secure: boolean;
}

/** `__Host-`: set by this very host over TLS, for no other host and no part of a path. */
export const HOST_COOKIES: CookieNames = {
  access: "__Host-rollcall-at",
  refresh: "__Host-rollcall-rt",
  secure: true,
};

/** For Safari, which takes no Secure cookie from http://localhost. */
export const DEVELOPMENT_COOKIES: CookieNames = {
  access: "rollcall-at",
  refresh: "rollcall-rt",
  secure: false,
};

/** The tokens that cookies hold. */
export interface CookieTokens {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
}

/**
 * Reads our cookies.
 *
 * @throws SessionError `credential_invalid` when one occurs twice: a page on a sibling domain may
 *   have planted the other, and nothing says which is ours (RFC 6265 §8.6).
 */
export function readCookies(request: RequestHead, names: CookieNames): CookieTokens {
  const found = new Map<string, string>();
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (at < 0 || (name !== names.access && name !== names.refresh)) continue;
    if (found.has(name)) throw new SessionError("credential_invalid", { reason: "malformed" });
    found.set(name, pair.slice(at + 1).trim());
  }
  return {
    accessToken: found.get(names.access) || undefined,
    refreshToken: found.get(names.refresh) || undefined,
  };
}

/** The two `Set-Cookie` values of a pair; not persistent: they end with the browser. */
export function setCookies(tokens: TokenPair, persistent: boolean, names: CookieNames): string[] {
  const value = (name: string, { token, expiresIn }: Token): string =>
    `${name}=${token}${persistent ? `; Max-Age=${expiresIn}` : ""}${attributes(names)}`;
  return [value(names.access, tokens.accessToken), value(names.refresh, tokens.refreshToken)];
}

/** The two `Set-Cookie` values that clear them. */
export function clearCookies(names: CookieNames): string[] {
  return [names.access, names.refresh].map((name) => `${name}=; Max-Age=0${attributes(names)}`);
}

function attributes(names: CookieNames): string {
  return `; Path=/${names.secure ? "; Secure" : ""}; HttpOnly; SameSite=Lax`;
}
