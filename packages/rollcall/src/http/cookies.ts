import type { LogoutCredentials, Token, TokenPair } from "../core/model/credentials.js";
import type { Session } from "../core/model/session-view.js";
import { withoutOptionalWhitespace } from "./optional-whitespace.js";
import type { RequestHead } from "./request-head.js";

/** How this application's cookies are named and marked. */
export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  readonly device: string;
  /** Keeps the refresh token of whoever acts as a user, for the way back to their own session. */
  readonly actor: string;
  readonly secure: boolean;
}

const DEFAULT_PREFIX = "rollcall";

/**
 * The cookie names with the application's prefix, after `__Host-`. Browsers accept such a cookie
 * only from this host over TLS, for all paths and for no other host. Names without it are for
 * Safari, which takes no Secure cookie from http://localhost.
 *
 * @throws TypeError if the prefix is not valid.
 */
export function cookieNames(prefix: string = DEFAULT_PREFIX, secure = true): CookieNames {
  // Browsers treat names that begin with two underscores in their own way.
  if (typeof prefix !== "string" || !/^(?!__)[A-Za-z0-9_-]{1,64}$/.test(prefix)) {
    throw new TypeError(
      'cookies.prefix must be 1 to 64 letters, digits, "-" or "_", and not begin with "__"',
    );
  }
  const host = secure ? "__Host-" : "";
  const name = (what: string): string => `${host}${prefix}-${what}`;
  const own = { access: name("at"), refresh: name("rt"), device: name("device") };
  return { ...own, actor: name("actor"), secure };
}

/** The tokens that cookies hold. */
export interface CookieTokens {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
  /**
   * If a name occurs with more than one value: all values of both names, each on its own. A page on
   * a sibling domain may have planted some, and nothing tells which (RFC 6265 §8.6).
   */
  readonly contested: readonly LogoutCredentials[] | null;
}

export const NO_TOKENS: CookieTokens = Object.freeze({
  accessToken: undefined,
  refreshToken: undefined,
  contested: null,
});

/** The tokens in a request's cookies; read once, however often they are asked for. */
export type CookieReader = (request: RequestHead) => CookieTokens;

/** `null`: bearer tokens only. */
export function createCookieReader(names: CookieNames | null): CookieReader {
  if (names === null) return () => NO_TOKENS;
  const known = new WeakMap<RequestHead, CookieTokens>();
  return (request) => {
    const earlier = known.get(request);
    if (earlier !== undefined) return earlier;
    const tokens = readCookies(request, names);
    // Most requests without cookies of ours are asked once: not worth a place.
    if (tokens !== NO_TOKENS) known.set(request, tokens);
    return tokens;
  };
}

/** Reads our cookies. */
export function readCookies(request: RequestHead, names: CookieNames): CookieTokens {
  const header = request.headers.get("cookie");
  if (header === null) return NO_TOKENS;
  const access = cookieValues(header, names.access);
  const refresh = cookieValues(header, names.refresh);
  if (access.length === 0 && refresh.length === 0) return NO_TOKENS;
  const contested =
    access.length > 1 || refresh.length > 1
      ? [
          // Refresh tokens first: a superseded one reveals a theft, which a plain revocation would
          // hide.
          ...refresh.map((refreshToken) => ({ refreshToken })),
          ...access.map((accessToken) => ({ accessToken })),
        ]
      : null;
  return { accessToken: access[0], refreshToken: refresh[0], contested };
}

/** The values that a header `Cookie` has under a name, each once. */
export function cookieValues(header: string, sought: string): readonly string[] {
  const values: string[] = [];
  if (!header.includes(sought)) return values;
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at < 0 || withoutOptionalWhitespace(pair.slice(0, at)) !== sought) continue;
    const value = withoutOptionalWhitespace(pair.slice(at + 1));
    if (value !== "" && !values.includes(value)) values.push(value);
  }
  return values;
}

/**
 * The two `Set-Cookie` values of a pair. If the session is not persistent, the cookies end with the
 * browser. The refresh cookie lasts until the absolute limit, not the idle deadline: pages that
 * only read the session move that deadline without setting the cookie again, and the server
 * enforces it.
 */
export function setCookies(
  { accessToken, refreshToken }: TokenPair,
  { persistent, absoluteExpiresAt }: Pick<Session, "persistent" | "absoluteExpiresAt">,
  names: CookieNames,
): string[] {
  const value = (name: string, { token }: Token, maxAge: number): string =>
    `${name}=${token}${persistent ? `; Max-Age=${maxAge}` : ""}${attributes(names)}`;
  const beyond = absoluteExpiresAt.getTime() - refreshToken.expiresAt.getTime();
  const kept = refreshToken.expiresIn + Math.max(0, Math.floor(beyond / 1000));
  return [
    value(names.access, accessToken, accessToken.expiresIn),
    value(names.refresh, refreshToken, kept),
  ];
}

/** The longest that browsers keep a cookie (RFC 6265bis §5.5), in seconds. */
const LONGEST_KEPT = 400 * 24 * 60 * 60;

/**
 * The `Set-Cookie` value of a device token. It stays when the session ends. `crossSite`: also sent with
 * what another site posts, where the cookies are Secure.
 */
export function setDeviceCookie(token: string, names: CookieNames, crossSite: boolean): string {
  const line = `${names.device}=${token}; Max-Age=${LONGEST_KEPT}${attributes(names)}`;
  return crossSite && names.secure ? line.replace("SameSite=Lax", "SameSite=None") : line;
}

/** The two `Set-Cookie` values that clear them. */
export function clearCookies(names: CookieNames): string[] {
  return [names.access, names.refresh].map((name) => clear(name, names));
}

/** The `Set-Cookie` value that keeps the way back to a session of this pair. */
export function setActorCookie(pair: TokenPair, session: Session, names: CookieNames): string {
  const [, refresh = ""] = setCookies(pair, session, names);
  return `${names.actor}${refresh.slice(names.refresh.length)}`;
}

/** The `Set-Cookie` value that clears it. */
export function clearActorCookie(names: CookieNames): string {
  return clear(names.actor, names);
}

function clear(name: string, names: CookieNames): string {
  return `${name}=; Max-Age=0${attributes(names)}`;
}

/** The values of the cookie that keeps the way back: one at most, unless others were planted. */
export function readActorCookie(request: RequestHead, { actor }: CookieNames): readonly string[] {
  const values = new Set<string>();
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at < 0 || withoutOptionalWhitespace(pair.slice(0, at)) !== actor) continue;
    values.add(withoutOptionalWhitespace(pair.slice(at + 1)));
  }
  values.delete("");
  return [...values];
}

function attributes(names: CookieNames): string {
  return `; Path=/${names.secure ? "; Secure" : ""}; HttpOnly; SameSite=Lax`;
}
