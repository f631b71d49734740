import type { Principal } from "../core/model/credentials.js";
import { invalid, SessionError } from "../core/model/errors.js";
import { soleSession } from "./contested-cookies.js";
import { type CookieReader, type CookieTokens, NO_TOKENS, readActorCookie } from "./cookies.js";
import { bearerToken, isByCookie } from "./credentials.js";
import { requireSameSite } from "./cross-site.js";
import type { AuthenticateOptions } from "./guard-options.js";
import type { HttpSettings } from "./options.js";
import type { OutgoingHeaders } from "./outgoing-headers.js";
import type { RequestHead } from "./request-head.js";
import { requireAssurance } from "./require-assurance.js";
import { requireCaller } from "./require-caller.js";
import { seenFrom } from "./seen-from.js";

/** Finds out who the caller is. */
export interface Authentication {
  /**
   * The tokens in the caller's cookies, after the cross-site check.
   *
   * @throws SessionError `cross_site`.
   */
  cookieTokens(request: RequestHead): CookieTokens;
  /**
   * The same, after cookies that occur twice have been resolved.
   *
   * @throws SessionError `cross_site`, `store_unavailable`, and `credential_invalid` where they prove
   *   no session or several.
   */
  settledTokens(request: RequestHead): Promise<CookieTokens>;
  /**
   * The refresh tokens that keep the way back of whoever acts as a user, after the cross-site check:
   * one at most, unless others were planted.
   *
   * @throws SessionError `cross_site`.
   */
  actorTokens(request: RequestHead): readonly string[];
  /**
   * The caller: directly if this process can tell by itself, which saves a microtask, else as a
   * promise. A refusal is always a rejected promise, so it never throws.
   */
  authenticate(request: RequestHead, options?: AuthenticateOptions): Principal | Promise<Principal>;
}

/** The result of the check in memory. `null`: the database has to be asked. */
type FirstLook = Principal | SessionError | null;

export function createAuthentication(
  settings: HttpSettings,
  tokensOf: CookieReader,
  outgoing: OutgoingHeaders,
): Authentication {
  const { sessions } = settings;

  const lookAt = (token: string): FirstLook => {
    try {
      return sessions.verifyNow(token);
    } catch (error) {
      if (error instanceof SessionError) return error;
      throw error;
    }
  };

  const byBearer = (token: string): Principal | Promise<Principal> => {
    const looked = lookAt(token);
    if (isToBeAsked(looked)) return sessions.verify(token);
    if (looked instanceof SessionError) throw looked;
    return looked;
  };

  const cookieTokens = (request: RequestHead): CookieTokens => {
    const tokens = tokensOf(request);
    // Before another site can cause a rotation.
    if (tokens !== NO_TOKENS) requireSameSite(request, settings);
    return tokens;
  };

  const byCookies = (
    request: RequestHead,
    options: AuthenticateOptions,
  ): Principal | Promise<Principal> => {
    const tokens = cookieTokens(request);
    if (tokens === NO_TOKENS) throw new SessionError("credential_missing");
    const { accessToken, contested } = tokens;
    const looked = accessToken === undefined || contested !== null ? null : lookAt(accessToken);
    const known = looked === null ? null : noApiKey(looked);
    if (known !== null && !(known instanceof SessionError)) return known;
    return byCookiesAsking(request, tokens, known, options);
  };

  /** By the refresh token, or by asking the database about the access token. */
  const byCookiesAsking = async (
    request: RequestHead,
    tokens: CookieTokens,
    refused: SessionError | null,
    { readOnly = false, connection }: AuthenticateOptions,
  ): Promise<Principal> => {
    try {
      const { accessToken, refreshToken } = await settled(tokens);
      const known = isToBeAsked(refused) ? await byAccessCookie(accessToken) : refused;
      if (!(known instanceof SessionError)) return known;
      // The session has ended, so the refresh cookie cannot be good either.
      if (known.reason === "revoked" || refreshToken === undefined) throw known;
      if (readOnly) return await sessions.verifyRefreshToken(refreshToken);
      const seen = seenFrom(request, connection, settings.trustedProxies);
      const refreshed = await sessions.refresh(refreshToken, seen);
      outgoing.renew(request, refreshed);
      return refreshed.principal;
    } catch (error) {
      outgoing.forgetDead(request, error);
      throw error;
    }
  };

  /**
   * The refusal, if the access cookie is missing or has expired, so that the refresh cookie
   * decides.
   */
  const byAccessCookie = async (token: string | undefined): Promise<Principal | SessionError> => {
    if (token === undefined) return invalid("expired");
    try {
      return noApiKey(await sessions.verify(token));
    } catch (error) {
      if (error instanceof SessionError && error.code === "credential_invalid") return error;
      throw error;
    }
  };

  const settled = async (tokens: CookieTokens): Promise<CookieTokens> =>
    tokens.contested === null ? tokens : await soleSession(sessions, tokens.contested);

  return {
    cookieTokens,
    actorTokens(request) {
      if (settings.cookies === null || !isByCookie(request)) return [];
      const tokens = readActorCookie(request, settings.cookies);
      if (tokens.length > 0) requireSameSite(request, settings);
      return tokens;
    },
    settledTokens: async (request) => await settled(cookieTokens(request)),
    authenticate(request, options = {}) {
      const passed = (principal: Principal): Principal => {
        requireCaller(principal, options);
        return requireAssurance(principal, options, sessions.levels, settings.clock.now());
      };
      try {
        // A bearer token takes precedence: cookies beside it are ignored, even if the token is bad.
        const token = bearerToken(request);
        const answer = token === null ? byCookies(request, options) : byBearer(token);
        if (!(answer instanceof Promise)) return passed(answer);
        return answer.then(passed);
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}

/**
 * API keys are for programs. In a cookie, one that somebody planted would make a browser act for
 * whoever owns the key.
 */
function noApiKey(looked: Principal | SessionError): Principal | SessionError {
  if (looked instanceof SessionError || looked.scopes === null) return looked;
  return invalid("malformed");
}

/** Whether only the database can tell, be it how the session ended. */
function isToBeAsked(looked: FirstLook): looked is null | SessionError {
  return looked === null || (looked instanceof SessionError && looked.reason === "revoked");
}
