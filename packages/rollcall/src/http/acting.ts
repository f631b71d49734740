import type { Refreshed } from "../core/model/answers.js";
import { optionsObject } from "../core/model/argument.js";
import type { ActAsOptions } from "../core/model/call-options.js";
import type { Principal } from "../core/model/credentials.js";
import type { DeviceInfo } from "../core/model/device.js";
import { invalid, SessionError } from "../core/model/errors.js";
import type { UserReference } from "../core/model/user.js";
import { clientAddress } from "./client-address.js";
import type { Connection } from "./connection.js";
import { endAll } from "./contested-cookies.js";
import { clearActorCookie, setActorCookie } from "./cookies.js";
import { isByCookie } from "./credentials.js";
import { requireIntent } from "./cross-site.js";
import { deviceFromRequest } from "./device-from-request.js";
import type { HttpContext } from "./http-context.js";
import { recordedDevice } from "./recorded-device.js";
import type { RequestHead } from "./request-head.js";
import { type HttpSignIn, inBody, inCookies } from "./sign-in.js";

/** Options of `actAs`. */
export interface HttpActAsOptions extends ActAsOptions {
  /**
   * What the application knows of the device of whoever acts, over what the request says.
   * @default what the request says
   * @remarks When you know more, or want to keep less.
   */
  readonly device?: DeviceInfo;
  /**
   * What is known of the socket: the client's address.
   * @default under `toNodeHandler`, what it knows of the request
   * @remarks With a server of your own.
   */
  readonly connection?: Connection | undefined;
}

/** The way back, ready for your response. */
export interface HttpStopActing {
  readonly body: { readonly message: string };
  /** For the answer: `Cache-Control`, and with cookies `Set-Cookie`. */
  readonly headers: Headers;
}

/**
 * Lets the caller act as a user. The new session travels as the request did: in the body, or in place
 * of the caller's cookies, whose refresh token goes into a cookie of its own for the way back.
 */
export async function actAs(
  context: HttpContext,
  request: RequestHead,
  user: UserReference,
  given: HttpActAsOptions | undefined,
): Promise<HttpSignIn> {
  const { connection, ...options } = optionsObject(given, "options");
  const { settings, outgoing } = context;
  const { sessions, cookies: names, trustedProxies } = settings;
  requireIntent(request, "actAs");
  const known = connection === undefined ? {} : { connection };
  const read = deviceFromRequest(request, { trustedProxies, ...known });
  const terms = { ...options, device: recordedDevice(read, options.device) };
  if (names === null || !isByCookie(request)) {
    const { session, tokens } = await sessions.actAs(
      await context.authenticate(request, known),
      user,
      terms,
    );
    return inBody(session, tokens);
  }
  // Refreshed, so that requests under way with the same cookies get the tokens that are kept.
  const own = await refreshed(context, request, known);
  // If it is refused, the browser needs these.
  outgoing.renew(request, own);
  const { session, tokens } = await sessions.actAs(own.principal, user, terms);
  outgoing.replaced(request);
  const acting = inCookies(session, tokens, names);
  acting.headers.append("Set-Cookie", setActorCookie(own.tokens, own.session, names));
  return acting;
}

async function refreshed(
  { settings: { sessions, trustedProxies }, settledTokens, outgoing }: HttpContext,
  request: RequestHead,
  { connection }: { readonly connection?: Connection },
): Promise<Refreshed> {
  try {
    const { refreshToken } = await settledTokens(request);
    if (refreshToken === undefined) throw new SessionError("credential_missing");
    const ip = clientAddress(request, connection, trustedProxies);
    return await sessions.refresh(refreshToken, ip === undefined ? {} : { ip });
  } catch (error) {
    outgoing.forgetDead(request, error);
    throw error;
  }
}

/** Ends the caller's acting session. With cookies, the browser gets the actor's own session again. */
export async function stopActing(
  context: HttpContext,
  request: RequestHead,
  connection?: Connection,
): Promise<HttpStopActing> {
  requireIntent(request, "stopActing");
  const { settings, outgoing, actorTokens } = context;
  const { sessions, cookies: names, trustedProxies } = settings;
  if (names === null || !isByCookie(request)) {
    const principal = await context.authenticate(request);
    if (principal.actor === null) throw notActing();
    await end(context, principal);
    return stopped();
  }
  const [token, ...planted] = actorTokens(request);
  if (token === undefined) throw new SessionError("credential_missing");
  try {
    const own = await sessions.verifyRefreshToken(token);
    const acting = await shown(context, request);
    if (acting !== null && acting.actor === null) throw notActing();
    // Nobody can tell which of the cookies was planted, so nobody goes on with any of them.
    if (planted.length > 0 || (acting !== null && acting.actor?.sessionId !== own.sessionId)) {
      await endAll(
        sessions,
        [token, ...planted].map((refreshToken) => ({ refreshToken })),
      );
      if (acting !== null) await end(context, acting);
      throw invalid("revoked");
    }
    const ip = clientAddress(request, connection, trustedProxies);
    // Before the other session is ended, so that whatever fails can be repeated.
    const back = await sessions.refresh(token, ip === undefined ? {} : { ip });
    if (acting !== null) await end(context, acting);
    outgoing.replaced(request);
    const { headers } = inCookies(back.session, back.tokens, names);
    headers.append("Set-Cookie", clearActorCookie(names));
    return stopped(headers);
  } catch (error) {
    if (error instanceof SessionError && error.code === "credential_invalid") {
      outgoing.forgetAll(request);
    }
    throw error;
  }
}

/** The session of the request's own cookies; `null` where they prove none any more. */
async function shown(
  { settings: { sessions }, settledTokens }: HttpContext,
  request: RequestHead,
): Promise<Principal | null> {
  try {
    const { accessToken, refreshToken } = await settledTokens(request);
    // The one that lasts longer: an access token expires while its session goes on.
    if (refreshToken !== undefined) return await sessions.verifyRefreshToken(refreshToken);
    return accessToken === undefined ? null : await sessions.verify(accessToken);
  } catch (error) {
    if (error instanceof SessionError && error.code === "credential_invalid") return null;
    throw error;
  }
}

async function end({ settings: { sessions } }: HttpContext, acting: Principal): Promise<void> {
  const { user, sessionId, actor } = acting;
  await sessions.revoke(user, sessionId, {
    reason: "stopped_acting",
    ...(actor === null
      ? {}
      : { actor: { kind: "admin", sessionId: actor.sessionId, id: actor.user.id } }),
  });
}

function notActing(): SessionError {
  return new SessionError("malformed_request", { message: "You are not acting as anybody" });
}

function stopped(headers = new Headers({ "Cache-Control": "no-store" })): HttpStopActing {
  return { body: { message: "Stopped acting" }, headers };
}
