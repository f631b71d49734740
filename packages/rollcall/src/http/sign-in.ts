import { optionsObject } from "../core/model/argument.js";
import type { StartOptions } from "../core/model/call-options.js";
import type { ReplacedCredentials, TokenPair } from "../core/model/credentials.js";
import type { DeviceInfo } from "../core/model/device.js";
import type { Session } from "../core/model/session-view.js";
import type { UserReference } from "../core/model/user.js";
import { arrivedAt } from "./arrival.js";
import type { Connection } from "./connection.js";
import { endAll } from "./contested-cookies.js";
import { type CookieNames, type CookieTokens, clearActorCookie, setCookies } from "./cookies.js";
import { bearerToken, isByCookie } from "./credentials.js";
import { requireIntent, requireSameSite } from "./cross-site.js";
import { knownDevice } from "./device-cookie.js";
import { deviceFromRequest } from "./device-from-request.js";
import type { HttpContext } from "./http-context.js";
import { recordedDevice } from "./recorded-device.js";
import type { RequestHead } from "./request-head.js";

/** Options of `signIn`. */
export interface SignInOptions extends StartOptions {
  /**
   * What the application knows of the device, over what the request says (user agent, Client Hints,
   * address): `{ place: "Berlin" }` adds a key, `{ ip: undefined }` leaves one out. Hints are merged
   * in the same way, one by one.
   * @default what the request says
   * @remarks When you know more, such as a place, or want to keep less.
   */
  readonly device?: DeviceInfo;
  /**
   * Whether tokens go into the body or into cookies. New cookies take the place of the old ones, so
   * the session of those ends, whosever it was; a bearer sign-in ends one of the same user only.
   *
   * @default "bearer"
   * @remarks To `"cookie"` for browsers.
   */
  readonly transport?: "bearer" | "cookie";
  /**
   * What is known of the socket: the client's address.
   * @default under `toNodeHandler`, what it knows of the request
   * @remarks With a server of your own.
   */
  readonly connection?: Connection | undefined;
  /**
   * `"verified"`: another site may bring this request, since you have proven by yourself that it
   * answers one of this browser's: the `state` of OAuth (RFC 6749 §10.12), the `nonce` of OpenID
   * Connect, the `InResponseTo` of SAML. For the callbacks of identity providers, whose POST
   * (`form_post`) has a foreign origin or none, and whose redirect is a GET. It allows this one sign-in
   * and nothing else: the cookies of a foreign POST are not trusted, so the session that they prove is
   * not replaced, and no other origin may read the answer. A link in an e-mail proves nothing of the
   * kind: let it open a page whose button sends a POST.
   * @default the origin is checked, and GET is refused
   * @remarks In the callback of an identity provider, after you have checked it.
   */
  readonly csrf?: "verified";
  /**
   * A client on which you have begun a transaction (Postgres): the sign-in stands if and only if
   * that commits. Answer after the commit, and never with these tokens if there is none.
   * @default a transaction of its own
   * @remarks When the sign-in belongs to a change of yours, such as a new account.
   */
  readonly in?: unknown;
}

/** A sign-in, ready for your response. */
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
 * Starts a session for a user the application has authenticated, with the device that the request
 * describes. It replaces the session that the request itself proves.
 */
export async function signIn(
  context: HttpContext,
  request: RequestHead,
  user: UserReference,
  given: SignInOptions | undefined,
): Promise<HttpSignIn> {
  const {
    transport = "bearer",
    connection,
    in: client,
    csrf,
    ...options
  } = optionsObject(given, "options");
  const { settings, outgoing } = context;
  const { sessions, cookies: names, trustedProxies } = settings;
  if (csrf !== undefined && csrf !== "verified") {
    throw new TypeError('csrf must be "verified" or absent');
  }
  // Otherwise a typo such as "cookies" would skip the cross-site check.
  if (transport !== "bearer" && transport !== "cookie") {
    throw new TypeError('transport must be "bearer" or "cookie"');
  }
  requireIntent(request, "signIn", csrf === "verified");
  if (transport === "cookie") {
    if (names === null) throw new TypeError('transport "cookie" needs cookies in createHttp');
    // Otherwise another site could sign its visitor in as someone else.
    if (csrf !== "verified") requireSameSite(request, settings);
  }
  const read = deviceFromRequest(request, {
    trustedProxies,
    ...(connection === undefined ? {} : { connection }),
  });
  const device = await recordedAt(context, read, options.device);
  if (client === undefined) await endContested(context, request, transport);
  const replaces = options.replaces ?? shown(context, request, transport);
  const { start } = client === undefined ? sessions : sessions.in(client);
  const authenticatedAt = options.authenticatedAt ?? arrivedAt(request, settings.clock, sessions);
  // A client that keeps its tokens itself may not keep cookies either.
  const known =
    transport === "cookie" && names !== null && options.deviceId === undefined
      ? knownDevice(request, names, sessions)
      : null;
  const { session, tokens } = await start(user, {
    ...options,
    device,
    ...(known === null ? {} : { deviceId: known.deviceId }),
    ...(authenticatedAt === undefined ? {} : { authenticatedAt }),
    ...(replaces === undefined ? {} : { replaces }),
  });
  if (transport === "bearer" || names === null) return inBody(session, tokens);
  const signedIn = inCookies(session, tokens, names);
  if (client === undefined && (await endActor(context, request))) {
    signedIn.headers.append("Set-Cookie", clearActorCookie(names));
  }
  if (known !== null) signedIn.headers.append("Set-Cookie", known.cookie);
  outgoing.replaced(request);
  return signedIn;
}

/** A sign-in whose tokens go into the body. */
export function inBody(session: Session, tokens: TokenPair): HttpSignIn {
  return { session, body: { tokens }, headers: new Headers({ "Cache-Control": "no-store" }) };
}

/** A sign-in whose tokens go into cookies. */
export function inCookies(session: Session, tokens: TokenPair, names: CookieNames): HttpSignIn {
  const headers = new Headers({ "Cache-Control": "no-store" });
  for (const cookie of setCookies(tokens, session, names)) headers.append("Set-Cookie", cookie);
  const { accessToken, refreshToken } = tokens;
  const body = {
    accessExpiresAt: accessToken.expiresAt,
    accessExpiresIn: accessToken.expiresIn,
    refreshExpiresAt: refreshToken.expiresAt,
  };
  return { session, body, headers };
}

/** The device to record, with the place of its address. */
async function recordedAt(
  { locator }: HttpContext,
  read: DeviceInfo,
  given: DeviceInfo | undefined,
): Promise<DeviceInfo> {
  const { ip } = { ...read, ...given };
  const place = await locator(typeof ip === "string" ? ip : null);
  return recordedDevice(place === null ? read : { ...read, place }, given);
}

/**
 * The credentials of the request's own session, for `start` to judge. New cookies replace the
 * browser's old ones, whoever the user was. A bearer client may keep the tokens of another user.
 */
function shown(
  { cookieTokens }: HttpContext,
  request: RequestHead,
  transport: "bearer" | "cookie",
): ReplacedCredentials | undefined {
  try {
    const token = transport === "bearer" ? bearerToken(request) : null;
    if (token !== null) return { accessToken: token };
    const { accessToken, refreshToken, contested } = cookieTokens(request);
    if (contested !== null) return undefined;
    if (accessToken === undefined && refreshToken === undefined) {
      return { accessToken: bearerToken(request) ?? undefined };
    }
    return { accessToken, refreshToken, ofAnyUser: transport === "cookie" };
  } catch {
    // A malformed header, or a page of another site: there is nothing to replace.
    return undefined;
  }
}

/**
 * Ends all sessions that cookies which occur twice prove, so that a planted one is dead beside
 * those about to be set. In your own transaction this is left to the next request, since it would
 * need another connection.
 */
async function endContested(
  { settings: { sessions }, cookieTokens }: HttpContext,
  request: RequestHead,
  transport: "bearer" | "cookie",
): Promise<void> {
  // Beside a bearer token cookies are ignored, unless new ones are about to be set.
  if (transport === "bearer" && !isByCookie(request)) return;
  let contested: CookieTokens["contested"];
  try {
    ({ contested } = cookieTokens(request));
  } catch {
    // The request comes from another site, so its cookies must not be acted upon.
    return;
  }
  if (contested !== null) await endAll(sessions, contested);
}

/**
 * Ends the session to which whoever acts in this browser would have gone back. In your own transaction
 * this is left to the sign-out, since it would need another connection.
 */
async function endActor(
  { settings: { sessions }, actorTokens }: HttpContext,
  request: RequestHead,
): Promise<boolean> {
  let tokens: readonly string[];
  try {
    tokens = actorTokens(request);
  } catch {
    // The request comes from another site, so its cookies must not be acted upon.
    return false;
  }
  await endAll(
    sessions,
    tokens.map((refreshToken) => ({ refreshToken })),
  );
  return tokens.length > 0;
}
