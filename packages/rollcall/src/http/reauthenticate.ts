import { optionsObject } from "../core/model/argument.js";
import type { ReauthenticateOptions } from "../core/model/call-options.js";
import { arrivedAt } from "./arrival.js";
import type { Connection } from "./connection.js";
import { isByCookie } from "./credentials.js";
import { requireIntent } from "./cross-site.js";
import type { HttpContext } from "./http-context.js";
import type { RequestHead } from "./request-head.js";
import { type HttpSignIn, inBody, inCookies } from "./sign-in.js";

/** Options of `reauthenticate`. */
export interface HttpReauthenticateOptions extends ReauthenticateOptions {
  /**
   * What is known of the socket: the client's address.
   * @default under `toNodeHandler`, what it knows of the request
   * @remarks With a server of your own.
   */
  readonly connection?: Connection | undefined;
}

/**
 * Notes that the caller has been authenticated again. The new tokens go the way the former ones came:
 * into the body, or into cookies.
 */
export async function reauthenticate(
  context: HttpContext,
  request: RequestHead,
  given: HttpReauthenticateOptions,
): Promise<HttpSignIn> {
  const { authenticate, outgoing, settings } = context;
  const { sessions, clock, cookies: names } = settings;
  const { connection, methods, ...options } = optionsObject(given, "options");
  requireIntent(request, "reauthenticate");
  // Read only: a rotation in passing would be superseded at once.
  const principal = await authenticate(request, { connection, readOnly: true });
  const authenticatedAt = options.authenticatedAt ?? arrivedAt(request, clock, sessions);
  try {
    const { session, tokens } = await sessions.reauthenticate(principal, {
      ...options,
      methods: methods ?? [],
      ...(authenticatedAt === undefined ? {} : { authenticatedAt }),
    });
    if (names === null || !isByCookie(request)) return inBody(session, tokens);
    outgoing.replaced(request);
    return inCookies(session, tokens, names);
  } catch (error) {
    outgoing.forgetDead(request, error);
    throw error;
  }
}
