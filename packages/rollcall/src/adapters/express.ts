import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import type { Http } from "../http/http-api.js";
import { seeOther } from "../http/respond.js";
import {
  createExchange,
  type Exchange,
  exchange,
  exchangeGuard,
  exchangeSession,
} from "./exchange.js";
import {
  exchangeActAs,
  exchangeReauthenticate,
  exchangeSignIn,
  exchangeSignOut,
  type Handling,
} from "./exchange-calls.js";
import type { ExpressRequest, ExpressResponse, ExpressRollcall } from "./express-api.js";
import { toNodeHandler } from "./node.js";
import { addressOf } from "./request-address.js";
import { OF_ANOTHER_BODY } from "./response-headers.js";

export type {
  ExpressMiddleware,
  ExpressRequest,
  ExpressResponse,
  ExpressRollcall,
  Next,
} from "./express-api.js";

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
    signIn: async (request, response, user, options) =>
      await exchangeSignIn(http, handling(request, response), user, options),
    actAs: async (request, response, user, options) =>
      await exchangeActAs(http, handling(request, response), user, options),
    reauthenticate: async (request, response, options) =>
      await exchangeReauthenticate(http, handling(request, response), options),
    signOut: async (request, response) =>
      await exchangeSignOut(http, exchangeOf(request, response), response),
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

function handling(request: ExpressRequest, response: ExpressResponse): Handling {
  return {
    exchange: exchangeOf(request, response),
    request,
    response,
    setHeaders: (headers) => setHeaders(response, headers),
  };
}

/** Replaces headers that are already set, and adds cookies. */
function setHeaders(response: ExpressResponse, headers: Headers): void {
  for (const [name, value] of headers) {
    if (name === "set-cookie") response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}
