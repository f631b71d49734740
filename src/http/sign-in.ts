import type { Session } from "../core/session-view.js";
import type { StartOptions, TokenPair } from "../core/sessions-api.js";
import { toUser, type UserReference, userKey } from "../core/user.js";
import type { AuthenticateOptions } from "./authenticate-options.js";
import type { Connection } from "./client-address.js";
import { endAll } from "./contested-cookies.js";
import { type CookieTokens, setCookies } from "./cookies.js";
import { requireSameSite } from "./cross-site.js";
import { deviceFromRequest } from "./device-from-request.js";
import type { Guard } from "./guard.js";
import type { HttpSettings } from "./options.js";
import type { RequestHead } from "./request-head.js";

/** Options of `signIn`. */
export interface SignInOptions extends StartOptions {
  /** Whether tokens go into the body or into cookies. @default "bearer" */
  readonly transport?: "bearer" | "cookie";
  readonly connection?: Connection | undefined;
  /**
   * A client on which you have begun a transaction (Postgres): the sign-in stands if and only if
   * that commits. Answer after the commit, and never with these tokens if there is none.
   */
  readonly in?: unknown;
}

/** A sign-in, ready to be answered. */
export interface HttpSignIn {
  readonly session: Session;
  /** For the body: the tokens, or with cookies their ends. */
  readonly body:
    | { readonly tokens: TokenPair }
    | {
        readonly accessExpiresAt: Date;
        /** In seconds, for clients whose clock is wrong. */
        readonly accessExpiresIn: number;
        readonly refreshExpiresAt: Date;
      };
  /** For the answer: `Cache-Control`, and with cookies `Set-Cookie`. */
  readonly headers: Headers;
}

/**
 * Starts a session for whoever the application has just proven, with the device that the request
 * tells of, in place of the session that the request itself proves.
 */
export async function signIn(
  settings: HttpSettings,
  guard: Guard,
  request: RequestHead,
  user: UserReference,
  { transport = "bearer", connection, in: client, ...options }: SignInOptions,
): Promise<HttpSignIn> {
  const { sessions, cookies: names, trustedProxies } = settings;
  if (transport === "cookie") {
    if (names === null) throw new TypeError('transport "cookie" needs cookies in createHttp');
    // Or another site could sign its visitor in as somebody else.
    requireSameSite(request, settings);
  }
  const device =
    options.device ??
    deviceFromRequest(request, {
      trustedProxies,
      ...(connection === undefined ? {} : { connection }),
    });
  if (client === undefined) await endContested(settings, guard, request);
  const replaces = options.replaces ?? (await provenSession(guard, request, user, { connection }));
  const { start } = client === undefined ? sessions : sessions.in(client);
  const { session, tokens } = await start(user, {
    ...options,
    device,
    ...(replaces === undefined ? {} : { replaces }),
  });
  const headers = new Headers({ "Cache-Control": "no-store" });
  if (transport === "bearer" || names === null) return { session, body: { tokens }, headers };
  for (const cookie of setCookies(tokens, session.persistent, names)) {
    headers.append("Set-Cookie", cookie);
  }
  guard.replaced(request);
  const { accessToken, refreshToken } = tokens;
  const body = {
    accessExpiresAt: accessToken.expiresAt,
    accessExpiresIn: accessToken.expiresIn,
    refreshExpiresAt: refreshToken.expiresAt,
  };
  return { session, body, headers };
}

/** The session of the same user that the request proves, so that one browser is one entry. */
async function provenSession(
  guard: Guard,
  request: RequestHead,
  user: UserReference,
  options: AuthenticateOptions,
): Promise<string | undefined> {
  try {
    const principal = await guard.authenticate(request, { ...options, readOnly: true });
    const same = userKey(principal.user) === userKey(toUser(user));
    return same ? principal.sessionId : undefined;
  } catch {
    // No credential, or a bad one: there is nothing to replace.
    return undefined;
  }
}

/**
 * Cookies that occur twice prove nobody, but whatever they do prove ends here: so a planted one is
 * dead beside those that are about to be set. In a transaction of the caller's, which is no place to
 * ask by another connection, the next request sees to it.
 */
async function endContested(
  { sessions }: HttpSettings,
  guard: Guard,
  request: RequestHead,
): Promise<void> {
  if (request.headers.get("authorization") !== null) return;
  let contested: CookieTokens["contested"];
  try {
    ({ contested } = guard.cookieTokens(request));
  } catch {
    // From another site: its cookies are not to be acted upon.
    return;
  }
  if (contested !== null) await endAll(sessions, contested);
}
