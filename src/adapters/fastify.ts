import type { FastifyPluginCallback } from "fastify";
import { SessionError } from "../core/errors.js";
import type { Principal } from "../core/sessions-api.js";
import type { UserReference } from "../core/user.js";
import {
  type AuthenticateOptions,
  checkAuthenticateOptions,
} from "../http/authenticate-options.js";
import type { Http } from "../http/create-http.js";
import type { RequestHead } from "../http/request-head.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";
import { headOf } from "./request-head.js";

/** Options of the plugin. */
export interface FastifyRollcallOptions {
  /** Made by `createHttp`. Its `trustedProxies` stays 0: the address is Fastify's (`trustProxy`). */
  readonly http: Http;
}

/** What of Fastify's request is needed, whatever server it runs on. */
export interface RollcallRequest {
  readonly method: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly ip: string;
  /** @internal */
  [exchange]: Exchange | null;
}

/** What of Fastify's reply is needed, whatever server it runs on. */
export interface RollcallReply {
  header(name: string, value: string): unknown;
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
   * Lets pass who is signed in, as `request.principal`. Others go to the error handler as a
   * `SessionError`. Cookies are refreshed in passing.
   */
  guard(options?: Pick<AuthenticateOptions, "types">): GuardHook;
  /**
   * Starts a session for whom the application has proven, and sets the headers and cookies of the
   * answer; `body` is for the application to send.
   *
   * @throws as `sessions.start`.
   */
  signIn(
    request: RollcallRequest,
    reply: RollcallReply,
    user: UserReference,
    options?: Omit<SignInOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /** For `setErrorHandler`: answers a `SessionError` as Rollcall's routes do, and rethrows others. */
  errors(error: unknown, request: RollcallRequest, reply: RollcallReply): Promise<unknown>;
}

const exchange: unique symbol = Symbol("rollcall.exchange");

interface Exchange {
  readonly head: RequestHead;
  principal: Principal | null;
}

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

function mount(...[app, { http }, done]: Parameters<Mount>): void {
  app.decorateRequest(exchange, null);
  app.decorateRequest("principal", { getter: principalOf });
  app.decorate("rollcall", createRollcall(http));
  // In the moment the answer begins, whatever the application says of caching.
  app.addHook("onSend", (request, reply, payload, next) => {
    const known = request[exchange];
    if (known !== null) setHeaders(reply, http.outgoingHeaders(known.head));
    next(null, payload);
  });
  app.register((scope, _options, ready) => {
    // Rollcall reads bodies itself, whatever parsers the application has.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) =>
      parsed(null, body),
    );
    const { ignoreTrailingSlash, routerOptions } = app.initialConfig;
    const slashes = ignoreTrailingSlash || routerOptions?.ignoreTrailingSlash ? [""] : ["", "/"];
    for (const path of http.paths) {
      for (const slash of slashes) {
        scope.all(`${path}${slash}`, async (request, reply) => {
          const connection = { address: request.ip };
          return reply.send(await http.fetch(toWebRequest(request), connection));
        });
      }
    }
    ready();
  });
  done();
}

function createRollcall(http: Http): FastifyRollcall {
  return {
    guard(options) {
      checkAuthenticateOptions(options);
      return (request, _reply, done) => {
        const known = exchangeOf(request);
        try {
          known.principal = http.authenticateNow(known.head, options);
        } catch (error) {
          done(toError(error));
          return;
        }
        if (known.principal !== null) {
          done();
          return;
        }
        const connection = { address: request.ip };
        http.authenticate(known.head, { ...options, connection }).then(
          (principal) => {
            known.principal = principal;
            done();
          },
          (error: unknown) => done(toError(error)),
        );
      };
    },
    async signIn(request, reply, user, options = {}) {
      const connection = { address: request.ip };
      const { head } = exchangeOf(request);
      const { headers, ...answer } = await http.signIn(head, user, { ...options, connection });
      setHeaders(reply, headers);
      return answer;
    },
    async errors(error, _request, reply) {
      if (!(error instanceof SessionError)) throw error;
      const answer = http.errorResponse(error);
      reply.code(answer.status);
      setHeaders(reply, answer.headers);
      // As text, which Fastify can leave out for HEAD.
      return reply.send(await answer.text());
    },
  };
}

/** The same one each time it is asked for, since what goes out is kept by its head. */
function exchangeOf(request: RollcallRequest): Exchange {
  request[exchange] ??= { head: headOf(request), principal: null };
  return request[exchange];
}

function principalOf(this: RollcallRequest): Principal {
  const principal = this[exchange]?.principal;
  if (principal) return principal;
  throw new TypeError("nobody has been proven here: give the route app.rollcall.guard()");
}

interface RawRequest {
  readonly url: string;
  readonly body: unknown;
}

function toWebRequest({ method, url, headers, body }: RollcallRequest & RawRequest): Request {
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // Those of HTTP/2 that begin with a colon are no headers to the web.
    if (value !== undefined && !name.startsWith(":")) kept.append(name, String(value));
  }
  // Nothing of Rollcall's goes by the host.
  const address = `http://localhost${url}`;
  const takesBody = method !== "GET" && method !== "HEAD";
  return new Request(address, {
    method,
    headers: kept,
    body: takesBody && body instanceof Uint8Array ? Uint8Array.from(body) : null,
  });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error("the guard failed", { cause: error });
}

/** Over what is there already; cookies beside it. */
function setHeaders(reply: RollcallReply, headers: Headers | null): void {
  for (const [name, value] of headers ?? []) reply.header(name, value);
}
