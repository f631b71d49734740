import type { FastifyPluginCallback } from "fastify";
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
import type {
  FastifyRollcall,
  FastifyRollcallOptions,
  RollcallReply,
  RollcallRequest,
} from "./fastify-api.js";
import { addRoutes } from "./fastify-routes.js";
import { OF_ANOTHER_BODY } from "./response-headers.js";

export type {
  FastifyRollcall,
  FastifyRollcallOptions,
  GuardHook,
  RollcallReply,
  RollcallRequest,
} from "./fastify-api.js";

declare module "fastify" {
  interface FastifyInstance {
    readonly rollcall: FastifyRollcall;
  }
  interface FastifyRequest {
    /** Who calls. Throws a TypeError on routes without a guard. */
    readonly principal: Principal;
    /** @internal */
    [exchange]: Exchange | null;
  }
}

/**
 * Rollcall for Fastify 5: its routes, and the decorators `app.rollcall` and `request.principal`,
 * for the scope that registers it and the scopes inside.
 *
 * @example
 * ```ts
 * import { fastify } from "fastify";
 * import { createSessions } from "rollcall";
 * import { rollcall } from "rollcall/fastify";
 * import { createHttp } from "rollcall/http";
 * import { memory } from "rollcall/memory";
 *
 * const secret = "0123456789abcdef0123456789abcdef";
 * const http = createHttp({ sessions: createSessions({ store: memory(), secret }) });
 *
 * const app = fastify();
 * await app.register(rollcall, { http });
 * app.setErrorHandler(app.rollcall.errors);
 * app.get("/me", { onRequest: app.rollcall.guard({ types: ["user"] }) }, async (request) => ({
 *   user: request.principal.user,
 * }));
 * ```
 */
export const rollcall: FastifyPluginCallback<FastifyRollcallOptions> = Object.assign(
  mount,
  // What fastify-plugin sets: decorators are for the scope that registers, not for one of their own.
  {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "rollcall",
    [Symbol.for("plugin-meta")]: { fastify: "5.x", name: "rollcall" },
  },
);

type Mount = FastifyPluginCallback<FastifyRollcallOptions>;

function mount(...[app, { http, prefix = "" }, done]: Parameters<Mount>): void {
  app.decorateRequest(exchange, null);
  app.decorateRequest("principal", { getter: principalOf });
  app.decorate("rollcall", createRollcall(http));
  // This plugin has no scope of its own, so the prefix is for the one that its routes are in.
  app.register(
    (scope, _options, ready) => {
      try {
        addRoutes(scope, http);
      } catch (error) {
        // For example, the application may have a route of the same path.
        ready(toError(error));
        return;
      }
      ready();
    },
    { prefix },
  );
  done();
}

function createRollcall(http: Http): FastifyRollcall {
  return {
    guard(options) {
      const guard = exchangeGuard(http, options);
      return (request, reply, done) =>
        guard(exchangeOf(request), request, reply.raw, {
          done: (error) => (error === undefined ? done() : done(toError(error))),
          sendTo(location) {
            setHeaders(reply, seeOther(location).headers);
            reply.code(303);
            reply.send("");
          },
        });
    },
    session: (request, reply, options) =>
      exchangeSession(http, exchangeOf(request), request, reply.raw, options),
    signIn: async (request, reply, user, options) =>
      await exchangeSignIn(http, handling(request, reply), user, options),
    actAs: async (request, reply, user, options) =>
      await exchangeActAs(http, handling(request, reply), user, options),
    reauthenticate: async (request, reply, options) =>
      await exchangeReauthenticate(http, handling(request, reply), options),
    signOut: async (request, reply) => await exchangeSignOut(http, exchangeOf(request), reply.raw),
    async errors(error, _request, reply) {
      if (!(error instanceof SessionError)) throw error;
      const answer = http.errorResponse(error);
      reply.code(answer.status);
      for (const name of OF_ANOTHER_BODY) reply.removeHeader(name);
      setHeaders(reply, answer.headers);
      // As text, which Fastify can leave out for HEAD.
      return reply.send(await answer.text());
    },
  };
}

/** The same object each time, since outgoing headers are stored under it. */
function exchangeOf(request: RollcallRequest): Exchange {
  request[exchange] ??= createExchange(request);
  return request[exchange];
}

function handling(request: RollcallRequest, reply: RollcallReply): Handling {
  return {
    exchange: exchangeOf(request),
    request,
    response: reply.raw,
    setHeaders: (headers) => setHeaders(reply, headers),
  };
}

function principalOf(this: RollcallRequest): Principal {
  const principal = this[exchange]?.principal;
  if (principal) return principal;
  throw new TypeError("no guard has run for this request: add app.rollcall.guard() to the route");
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error("the guard failed", { cause: error });
}

/** Replaces headers that are already set, and adds cookies. */
function setHeaders(reply: RollcallReply, headers: Headers): void {
  for (const [name, value] of headers) reply.header(name, value);
}
