import type { Principal } from "../core/model/credentials.js";
import { type InvalidReason, invalid, SessionError } from "../core/model/errors.js";
import type { Refreshed } from "../core/sessions-api.js";
import type { AuthenticateOptions } from "./authenticate-options.js";
import { clientAddress } from "./client-address.js";
import { soleSession } from "./contested-cookies.js";
import { createCookieChanges } from "./cookie-changes.js";
import { type CookieTokens, clearCookies, NO_TOKENS, readCookies, setCookies } from "./cookies.js";
import { addCors } from "./cors.js";
import { requireSameSite } from "./cross-site.js";
import { withoutOptionalWhitespace } from "./optional-whitespace.js";
import type { HttpSettings } from "./options.js";
import { isByCookie, lackingHeaders, UNSTORED } from "./outgoing-headers.js";
import type { RequestHead } from "./request-head.js";

/** Proves who calls, and sends on the way out what that changed of the caller's cookies. */
export interface Guard {
  /**
   * The tokens in the caller's cookies, once it is sure that no other site sent them along.
   *
   * @throws SessionError `cross_site`.
   */
  cookieTokens(request: RequestHead): CookieTokens;
  /**
   * The same, where names that occur twice have been settled.
   *
   * @throws SessionError `cross_site`, `store_unavailable`, and `credential_invalid` where they prove
   *   no session or several.
   */
  settledTokens(request: RequestHead): Promise<CookieTokens>;
  authenticate(request: RequestHead, options?: AuthenticateOptions): Promise<Principal>;
  /** `null` when it takes more than the access token, or more than this process knows. */
  authenticateNow(request: RequestHead, options?: AuthenticateOptions): Principal | null;
  /** The caller's own session is over: its cookies go. */
  forget(request: RequestHead): void;
  /**
   * The caller's cookies were refused: they go if they are ours and dead. What another application of
   * this host has set under the same names is not ours to clear, nor is anything on a 503.
   */
  forgetDead(request: RequestHead, error: unknown): void;
  /** The pair that replaces the caller's cookies. */
  renew(request: RequestHead, refreshed: Refreshed): void;
  /** New cookies go out by another way: what was to happen to the old ones must not undo them. */
  replaced(request: RequestHead): void;
  /** What goes out with the answer, whatever else it holds: `null` when nothing of it changed. */
  outgoingHeaders(request: RequestHead): Headers | null;
  finish(request: RequestHead, response: Response): Response;
}

/** Of tokens that are ours beyond doubt, by their MAC, and no good any more. */
const DEAD = new Set<InvalidReason | undefined>([
  "expired",
  "revoked",
  "reused",
  "unknown",
  "user_gone",
]);

/** The token of `Authorization: Bearer`; `null` without the header (RFC 6750 §2.1). */
export function bearerToken(request: RequestHead): string | null {
  const header = request.headers.get("authorization");
  if (header === null) return null;
  // What is wrong with the token itself, its check will say: this runs on every request.
  const scheme = /^bearer +/i.exec(header);
  if (scheme === null) throw invalid("malformed");
  return withoutOptionalWhitespace(header.slice(scheme[0].length));
}

export function createGuard(settings: HttpSettings): Guard {
  const { sessions, cookies: names, clock } = settings;
  const presented = new WeakMap<RequestHead, CookieTokens>();
  const changes = createCookieChanges(clock);

  const tokensOf = (request: RequestHead): CookieTokens =>
    presented.get(request) ?? (names === null ? NO_TOKENS : readCookies(request, names));

  const forget = (request: RequestHead): void => {
    const tokens = presented.get(request);
    if (names === null || tokens === undefined) return;
    const until = Number.POSITIVE_INFINITY;
    changes.note(request, tokens, { cookies: clearCookies(names), until });
  };

  const renew = (request: RequestHead, { tokens, session, retryableFor }: Refreshed): void => {
    if (names === null) return;
    const cookies = setCookies(tokens, session, names);
    const until = clock.monotonic() + retryableFor;
    changes.note(request, tokensOf(request), { cookies, until });
  };

  const forgetDead = (request: RequestHead, error: unknown): void => {
    if (!(error instanceof SessionError) || error.code !== "credential_invalid") return;
    if (DEAD.has(error.reason)) forget(request);
  };

  /** Why not, when the access cookie is missing or has run out, so that the refresh cookie decides. */
  const byAccessCookie = async (token: string | undefined): Promise<Principal | SessionError> => {
    if (token === undefined) return invalid("expired");
    try {
      return await sessions.verify(token);
    } catch (error) {
      const endedForGood = !(error instanceof SessionError) || error.reason === "revoked";
      if (endedForGood || error.code !== "credential_invalid") throw error;
      return error;
    }
  };

  const cookieTokens = (request: RequestHead): CookieTokens => {
    if (names === null) return NO_TOKENS;
    const tokens = readCookies(request, names);
    if (tokens === NO_TOKENS) return NO_TOKENS;
    presented.set(request, tokens);
    // Before anything is rotated on behalf of another site.
    requireSameSite(request, settings);
    return tokens;
  };

  const settledTokens = async (request: RequestHead): Promise<CookieTokens> => {
    const tokens = cookieTokens(request);
    return tokens.contested === null ? tokens : await soleSession(sessions, tokens.contested);
  };

  const byCookies = async (
    request: RequestHead,
    { readOnly = false, connection }: AuthenticateOptions,
  ): Promise<Principal> => {
    try {
      const { accessToken, refreshToken } = await settledTokens(request);
      if (accessToken === undefined && refreshToken === undefined) {
        throw new SessionError("credential_missing");
      }
      const known = await byAccessCookie(accessToken);
      if (!(known instanceof SessionError)) return known;
      if (refreshToken === undefined) throw known;
      if (readOnly) return await sessions.verifyRefreshToken(refreshToken);
      const ip = clientAddress(request, connection, settings.trustedProxies);
      const refreshed = await sessions.refresh(refreshToken, ip === undefined ? {} : { ip });
      renew(request, refreshed);
      return refreshed.principal;
    } catch (error) {
      forgetDead(request, error);
      throw error;
    }
  };

  /** Without a refresh token or a database: `null` when those have to answer. */
  const byCookiesNow = (request: RequestHead): Principal | null => {
    const { accessToken, contested } = cookieTokens(request);
    if (accessToken === undefined || contested !== null) return null;
    try {
      return sessions.verifyNow(accessToken);
    } catch {
      // Whatever is wrong with it, the long way says what becomes of the cookies.
      return null;
    }
  };

  const authenticateNow = (
    request: RequestHead,
    { types }: AuthenticateOptions = {},
  ): Principal | null => {
    // A request that brings a bearer token means it: cookies that happen to come along are
    // ignored, also when the token is bad.
    const token = bearerToken(request);
    const principal = token === null ? byCookiesNow(request) : sessions.verifyNow(token);
    if (principal !== null) requireType(principal, types);
    return principal;
  };

  const outgoingHeaders = (request: RequestHead): Headers | null => {
    const out = changes.of(request, () => tokensOf(request));
    if (out === undefined) return null;
    // Whatever the application says of caching, nobody may keep a page with someone's cookies.
    const headers = new Headers({ "Cache-Control": UNSTORED });
    if (clock.monotonic() < out.until) {
      for (const cookie of out.cookies) headers.append("Set-Cookie", cookie);
    }
    return headers;
  };

  return {
    cookieTokens,
    settledTokens,
    forget,
    forgetDead,
    renew,
    replaced(request) {
      changes.drop(request, tokensOf(request));
    },
    authenticateNow,
    async authenticate(request, options = {}) {
      const known = authenticateNow(request, options);
      if (known !== null) return known;
      const token = bearerToken(request);
      const principal =
        token === null ? await byCookies(request, options) : await sessions.verify(token);
      requireType(principal, options.types);
      return principal;
    },
    outgoingHeaders,
    finish(request, response) {
      const headers = new Headers(response.headers);
      addCors(request, headers, settings);
      const outgoing = outgoingHeaders(request);
      if (outgoing !== null) {
        for (const [name, value] of lackingHeaders(headers, outgoing)) {
          if (name === "set-cookie") headers.append(name, value);
          else headers.set(name, value);
        }
      }
      // By what the request brings: who was proven may have been a copy of it.
      if (!headers.has("cache-control") && isByCookie(request) && tokensOf(request) !== NO_TOKENS) {
        headers.set("Cache-Control", UNSTORED);
      }
      const { status, statusText, body } = response;
      return new Response(body, { status, statusText, headers });
    },
  };
}

function requireType({ user }: Principal, types: readonly string[] | undefined): void {
  if (types !== undefined && !types.includes(user.type)) {
    throw new SessionError("user_type_forbidden");
  }
}
