import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions } from "../http/acting.js";
import type { CallerRequirements, GuardOptions } from "../http/guard-options.js";
import type { Http } from "../http/http-api.js";
import type { HttpReauthenticateOptions } from "../http/reauthenticate.js";
import { seeOther } from "../http/respond.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";
import { nullIfSignedOut } from "../http/signed-out.js";
import {
  carry,
  createExchange,
  type Exchange,
  exchangeGuard,
  exchangeSession,
} from "./exchange.js";
import { toNodeHandler } from "./node.js";
import { addressOf } from "./request-address.js";
import { OF_ANOTHER_BODY } from "./response-headers.js";

/** A request of Express 4 or 5. */
export interface ExpressRequest extends IncomingMessage {
  /** The client's address, as `trust proxy` says. */
  readonly ip?: string | undefined;
  readonly originalUrl?: string | undefined;
  readonly res?: ExpressResponse | undefined;
}

/** A response of Express 4 or 5. */
export interface ExpressResponse extends ServerResponse {
  readonly locals: Locals;
}

/** The same one in each copy of the package. */
const exchange: unique symbol = Symbol.for("rollcall.exchange");

/**
 * What guards keep for handlers. Not on the request: another property there costs Express 5% of its
 * throughput.
 */
interface Locals {
  [exchange]?: Exchange;
}

/** Calls the next handler, or with an error the error handlers. */
export type Next = (error?: unknown) => void;

/** A middleware of Express 4 or 5. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ExpressResponse,
  next: Next,
) => void;

/** Rollcall in the terms of Express. Made by {@link rollcall}. */
export interface ExpressRollcall {
  /**
   * Rollcall's own routes; other requests are passed on. It may stand before or after body parsers.
   */
  routes(): ExpressMiddleware;
  /**
   * Lets signed-in callers pass; `principalOf(request)` says who they are. Others go to the error
   * handlers as a `SessionError`. Expired cookies are refreshed on the way.
   */
  guard(options?: GuardOptions): ExpressMiddleware;
  /**
   * The caller, on pages where signing in is optional: `null` if nobody is signed in, or a caller
   * whom you did not ask for. Cookies are refreshed in passing.
   *
   * @throws SessionError `store_unavailable` (not `null`, since the caller may be signed in),
   *   `cross_site`.
   */
  session(
    request: ExpressRequest,
    response: ExpressResponse,
    options?: CallerRequirements,
  ): Promise<Principal | null>;
  /**
   * Starts a session for a user you have authenticated, and sets the headers and cookies of the
   * response. Send `body` yourself.
   *
   * @throws as `sessions.start`.
   */
  signIn(
    request: ExpressRequest,
    response: ExpressResponse,
    user: UserReference,
    options?: Omit<SignInOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * Lets the caller act as a user, after you have checked that this caller may, and sets the headers and
   * cookies of the response. Send `body` yourself. Use it behind POST.
   *
   * @throws as `http.actAs`.
   */
  actAs(
    request: ExpressRequest,
    response: ExpressResponse,
    user: UserReference,
    options?: Omit<HttpActAsOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * Notes that the caller has authenticated again, after you have checked it: see `reauthenticate` of
   * `createHttp`. Sets the headers and cookies of the response. Send `body` yourself.
   *
   * @throws as `sessions.reauthenticate`; SessionError `credential_missing`, `cross_site`.
   */
  reauthenticate(
    request: ExpressRequest,
    response: ExpressResponse,
    options: Omit<HttpReauthenticateOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * Ends the caller's own session and clears its cookies; you send the response. Does nothing if
   * the caller is already signed out. Use it behind POST, not behind a link.
   *
   * @throws SessionError `store_unavailable`, `cross_site`; TypeError behind GET.
   */
  signOut(request: ExpressRequest, response: ExpressResponse): Promise<void>;
  /** Answers a `SessionError` as Rollcall's routes do, and passes other errors on. Add it last. */
  errors(): (
    error: unknown,
    request: ExpressRequest,
    response: ExpressResponse,
    next: Next,
  ) => void;
}

/**
 * Rollcall for Express 4 and 5. The client's address is Express's own (`trust proxy`), so
 * `trustedProxies` of `createHttp` stays 0.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { createSessions } from "rollcall";
 * import { principalOf, rollcall } from "rollcall/express";
 * import { createHttp } from "rollcall/http";
 * import { memory } from "rollcall/memory";
 *
 * const secret = "0123456789abcdef0123456789abcdef";
 * const sessions = createSessions({ store: memory(), secret });
 * const auth = rollcall(createHttp({ sessions }));
 *
 * const app = express();
 * app.use(auth.routes());
 * app.get("/me", auth.guard({ types: ["user"] }), (request, response) => {
 *   response.json({ user: principalOf(request).user });
 * });
 * app.use(auth.errors());
 * ```
 */
export function rollcall(http: Http): ExpressRollcall {
  return {
    routes() {
      const handle = toNodeHandler(http.fetch, { address: addressOf });
      return (request, response, next) => {
        if (http.handles({ url: request.url ?? "/" })) handle(request, response);
        else next();
      };
    },
    guard(options) {
      const guard = exchangeGuard(http, options);
      return (request, response, next) =>
        guard(exchangeOf(request, response), request, response, {
          done: next,
          sendTo(location) {
            setHeaders(response, seeOther(location).headers);
            response.statusCode = 303;
            response.end();
          },
        });
    },
    session: (request, response, options) =>
      exchangeSession(http, exchangeOf(request, response), request, response, options),
    async signIn(request, response, user, options = {}) {
      const connection = { address: addressOf(request) };
      const { head } = exchangeOf(request, response);
      const { headers, ...answer } = await http.signIn(head, user, { ...options, connection });
      setHeaders(response, headers);
      return answer;
    },
    async actAs(request, response, user, options = {}) {
      const exchange = exchangeOf(request, response);
      carry(exchange, response, http);
      const connection = { address: addressOf(request) };
      const acting = await http.actAs(exchange.head, user, { ...options, connection });
      const { headers, ...answer } = acting;
      setHeaders(response, headers);
      return answer;
    },
    async reauthenticate(request, response, options) {
      const exchange = exchangeOf(request, response);
      carry(exchange, response, http);
      const connection = { address: addressOf(request) };
      const given = { ...options, connection };
      const { headers, ...answer } = await http.reauthenticate(exchange.head, given);
      setHeaders(response, headers);
      return answer;
    },
    async signOut(request, response) {
      const exchange = exchangeOf(request, response);
      carry(exchange, response, http);
      await nullIfSignedOut(http.signOut(exchange.head));
    },
    errors: () => (error, _request, response, next) => {
      if (!(error instanceof SessionError) || response.headersSent) {
        next(error);
        return;
      }
      const answer = http.errorResponse(error);
      response.statusCode = answer.status;
      for (const name of OF_ANOTHER_BODY) response.removeHeader(name);
      setHeaders(response, answer.headers);
      answer.text().then((text) => {
        response.setHeader("Content-Length", Buffer.byteLength(text));
        response.end(text);
      }, next);
    },
  };
}

/**
 * Who calls.
 *
 * @throws TypeError when no guard stands before the handler.
 */
export function principalOf(request: ExpressRequest): Principal {
  const principal = request.res?.locals[exchange]?.principal;
  if (principal) return principal;
  throw new TypeError(
    "no guard has run for this request: put auth.guard() before this handler, and do not replace " +
      "response.locals, where the guard keeps the caller",
  );
}

/** The same object each time, since outgoing headers are stored under it. */
function exchangeOf(request: ExpressRequest, { locals }: ExpressResponse): Exchange {
  locals[exchange] ??= createExchange(request);
  return locals[exchange];
}

/** Replaces headers that are already set, and adds cookies. */
function setHeaders(response: ExpressResponse, headers: Headers): void {
  for (const [name, value] of headers) {
    if (name === "set-cookie") response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}
