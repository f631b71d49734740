import type { FastifyPluginCallback } from "fastify";
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
import { addRoutes } from "./fastify-routes.js";
import type { NodeResponse } from "./node-response.js";
import { addressOf } from "./request-address.js";
import { OF_ANOTHER_BODY } from "./response-headers.js";

/** Options of the plugin. */
export interface FastifyRollcallOptions {
  /** Made by `createHttp`. Its `trustedProxies` stays 0: the address is Fastify's (`trustProxy`). */
  readonly http: Http;
  /**
   * The prefix of its routes here, after that of the scope. The OpenAPI document contains neither.
   * @default ""
   * @remarks When a proxy in front takes a part of the path away.
   */
  readonly prefix?: string;
}

/** The part of Fastify's request that is needed, on any server. */
export interface RollcallRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly ip: string;
  readonly socket: { readonly remoteAddress?: string | undefined };
  /** @internal */
  [exchange]: Exchange | null;
}

/** The part of Fastify's reply that is needed, on any server. */
export interface RollcallReply {
  readonly raw: NodeResponse;
  header(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  code(status: number): unknown;
  send(payload: string): unknown;
}

/** A hook of a route's `onRequest` or `preHandler`. */
export type GuardHook = (
  request: RollcallRequest,
  reply: RollcallReply,
  done: (error?: Error) => void,
) => void;

/** Rollcall in the terms of Fastify: `app.rollcall`. */
export interface FastifyRollcall {
  /**
   * Lets signed-in callers pass, as `request.principal`. Others go to the error handler as a
   * `SessionError`. Expired cookies are refreshed on the way.
   */
  guard(options?: GuardOptions): GuardHook;
  /**
   * The caller, on pages where signing in is optional: `null` if nobody is signed in, or a caller
   * whom you did not ask for. Cookies are refreshed in passing.
   *
   * @throws SessionError `store_unavailable` (not `null`, since the caller may be signed in),
   *   `cross_site`.
   */
  session(
    request: RollcallRequest,
    reply: RollcallReply,
    options?: CallerRequirements,
  ): Promise<Principal | null>;
  /**
   * Starts a session for a user you have authenticated, and sets the headers and cookies of the
   * response. Send `body` yourself.
   *
   * @throws as `sessions.start`.
   */
  signIn(
    request: RollcallRequest,
    reply: RollcallReply,
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
    request: RollcallRequest,
    reply: RollcallReply,
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
    request: RollcallRequest,
    reply: RollcallReply,
    options: Omit<HttpReauthenticateOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * Ends the caller's own session and clears its cookies; you send the response. Does nothing if
   * the caller is already signed out. Use it behind POST, not behind a link.
   *
   * @throws SessionError `store_unavailable`, `cross_site`; TypeError behind GET.
   */
  signOut(request: RollcallRequest, reply: RollcallReply): Promise<void>;
  /** For `setErrorHandler`: answers a `SessionError` as Rollcall's routes do, and rethrows others. */
  errors(error: unknown, request: RollcallRequest, reply: RollcallReply): Promise<unknown>;
}

/** The same one in each copy of the package. */
const exchange: unique symbol = Symbol.for("rollcall.exchange");

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
    async signIn(request, reply, user, options = {}) {
      const connection = { address: addressOf(request) };
      const { head } = exchangeOf(request);
      const { headers, ...answer } = await http.signIn(head, user, { ...options, connection });
      setHeaders(reply, headers);
      return answer;
    },
    async actAs(request, reply, user, options = {}) {
      const known = exchangeOf(request);
      carry(known, reply.raw, http);
      const connection = { address: addressOf(request) };
      const acting = await http.actAs(known.head, user, { ...options, connection });
      const { headers, ...answer } = acting;
      setHeaders(reply, headers);
      return answer;
    },
    async reauthenticate(request, reply, options) {
      const known = exchangeOf(request);
      carry(known, reply.raw, http);
      const given = { ...options, connection: { address: addressOf(request) } };
      const { headers, ...answer } = await http.reauthenticate(known.head, given);
      setHeaders(reply, headers);
      return answer;
    },
    async signOut(request, reply) {
      const known = exchangeOf(request);
      carry(known, reply.raw, http);
      await nullIfSignedOut(http.signOut(known.head));
    },
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
