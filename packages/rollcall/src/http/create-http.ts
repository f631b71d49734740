import { Hono } from "hono";
import type { Principal } from "../core/model/credentials.js";
import type { UserReference } from "../core/model/user.js";
import { callBack } from "../core/process/call-back.js";
import { accountRoutes } from "./account-routes.js";
import { authRoutes } from "./auth-routes.js";
import {
  type AuthenticateOptions,
  checkAuthenticateOptions,
  guardOptions,
} from "./authenticate-options.js";
import type { Connection } from "./client-address.js";
import { preflight } from "./cors.js";
import { createGuard } from "./guard.js";
import { openapiDocument } from "./openapi.js";
import { type HttpOptions, readHttpOptions } from "./options.js";
import type { RequestHead } from "./request-head.js";
import { errorResponse, json } from "./respond.js";
import type { Route } from "./route.js";
import { serviceRoutes } from "./service-routes.js";
import { createSessionStreams } from "./session-streams.js";
import { type HttpSignIn, type SignInOptions, signIn } from "./sign-in.js";
import { signOut } from "./sign-out.js";

/** A handler of the application's for whoever is signed in. */
export type GuardedHandler = (
  request: Request,
  principal: Principal,
) => Response | Promise<Response>;

/** Rollcall over HTTP, in the terms of the web platform. Made by {@link createHttp}. */
export interface Http {
  /** Answers Rollcall's routes (docs/contract.md §1.2), and 404 to anything else. Never rejects. */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** Whether `fetch` has a route for the request's path. The address may lack its origin. */
  handles(request: Pick<Request, "url">): boolean;
  /** The paths of the routes, with `:name` for a parameter. */
  readonly paths: readonly string[];
  /**
   * Proves who calls. With cookies it refreshes in passing where that is needed: give the answer
   * to {@link Http.finish}, which sets the new cookies.
   *
   * A request that opens a WebSocket is checked like a POST, since any site may open one: give it all
   * the headers there are, and `readOnly: true`, since a handshake seldom sets cookies.
   *
   * @throws SessionError `credential_missing`, `credential_invalid`, `user_type_forbidden`,
   *   `cross_site`, `store_unavailable`; see {@link Http.errorResponse}.
   */
  authenticate(request: RequestHead, options?: AuthenticateOptions): Promise<Principal>;
  /**
   * {@link Http.authenticate} without a promise, for code that runs on every request: going on in a
   * later microtask costs a server more than the check. `null` when it takes a refresh or the
   * database to answer, and for cookies that are no good: ask `authenticate` then.
   *
   * @throws SessionError as {@link Http.authenticate}.
   */
  authenticateNow(request: RequestHead, options?: AuthenticateOptions): Principal | null;
  /**
   * For answers that are no `Response`: the headers to set in the moment the answer begins, over
   * the application's own (`Set-Cookie` beside them). `null` when there are none.
   */
  outgoingHeaders(request: RequestHead): Headers | null;
  /**
   * The answer on its way out: cookies that changed, CORS, and `no-store` with such cookies, or where a
   * caller came by cookie and the application says nothing of caching. Where a framework gives its
   * handlers a copy of the request, as React Router does, ask `authenticate` with the copy and give
   * this the request that came: `http.finish(request, await handler(request))`.
   */
  finish(request: Request, response: Response): Response;
  /** `authenticate`, the handler, `finish`, and errors answered. */
  guard(
    handler: GuardedHandler,
    options?: Omit<AuthenticateOptions, "connection">,
  ): (request: Request, connection?: Connection) => Promise<Response>;
  /**
   * Starts a session for whom the application has proven. The client's address, and when the request
   * came (for `authenticatedAt`), it knows by itself under `toNodeHandler`; elsewhere, and for a copy of the
   * request, pass `connection` and `authenticatedAt`.
   *
   * @throws as `sessions.start`; SessionError `cross_site`; TypeError behind GET or HEAD, unless `csrf`
   *   is `"verified"`.
   */
  signIn(request: RequestHead, user: UserReference, options?: SignInOptions): Promise<HttpSignIn>;
  /**
   * Ends the session that the request proves, as `POST /auth/logout` does, for sign-out pages of
   * your own. Its cookies go with the answer: see {@link Http.finish}. Behind POST, from a form or a
   * script: a link is followed by prefetches too.
   *
   * @throws SessionError `credential_missing`, `credential_invalid`, `cross_site`,
   *   `store_unavailable`; TypeError behind GET or HEAD.
   */
  signOut(request: RequestHead): Promise<void>;
  /** The answer to an error (docs/contract.md §1.12): for other than a `SessionError` a constant 500. */
  errorResponse(error: unknown): Response;
  /** The OpenAPI 3.1 document of the routes. */
  openapi(): object;
  /** Ends the event streams, which never end themselves: the first thing to do on SIGTERM. */
  closeStreams(): void;
}

/**
 * Puts a session manager behind HTTP.
 *
 * @example
 * ```ts
 * import { createSessions } from "rollcall";
 * import { createHttp } from "rollcall/http";
 * import { memory } from "rollcall/memory";
 *
 * const secret = "0123456789abcdef0123456789abcdef";
 * const http = createHttp({ sessions: createSessions({ store: memory(), secret }) });
 * const me = http.guard((_request, { user }) => Response.json({ user }));
 * const answer = await me(new Request("https://app.example/me"));
 * ```
 *
 * @throws TypeError naming the option at fault.
 */
export function createHttp(options: HttpOptions): Http {
  const settings = readHttpOptions(options);
  const guard = createGuard(settings);
  const streams = createSessionStreams(settings.sessions, settings.clock);
  const openapi = (): object => openapiDocument(routes, settings);
  const routes: readonly Route[] = [
    ...accountRoutes(settings, guard, streams),
    ...authRoutes(settings, guard),
    ...serviceRoutes(settings, openapi),
  ];

  const failed = (error: unknown): Response => {
    const response = errorResponse(error);
    if (response.status >= 500) callBack(settings.onError, error, () => {});
    return response;
  };

  const app = new Hono<{ Bindings: { connection: Connection | undefined } }>({ strict: false });
  app.onError(failed);
  app.notFound(() => json({ error: "Not found" }, 404));
  for (const route of routes) {
    app.on(route.method, route.path, (context) =>
      route.handle({
        request: context.req.raw,
        connection: context.env.connection,
        params: context.req.param(),
        query: context.req.query(),
      }),
    );
  }
  const matchers: RegExp[] = [];
  for (const [path, methods] of methodsByPath(routes)) {
    const literal = path.replaceAll(".", "\\.");
    matchers.push(new RegExp(`^${literal.replace(/:\w+/g, "[^/]+")}/?$`));
    app.options(path, ({ req }) => preflight(req.raw, methods));
    app.all(path, () => {
      const error = { error: "Method not allowed" };
      return json(error, 405, { Allow: methods.join(", ") });
    });
  }

  return {
    async fetch(request, connection) {
      const response = await app.fetch(request, { connection });
      return guard.finish(request, response);
    },
    handles({ url }) {
      const path = url.replace(/^[a-z][a-z+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
      return matchers.some((matcher) => matcher.test(path));
    },
    paths: [...methodsByPath(routes).keys()],
    async authenticate(request, authenticateOptions) {
      checkAuthenticateOptions(authenticateOptions);
      return await guard.authenticate(request, authenticateOptions);
    },
    authenticateNow(request, authenticateOptions) {
      checkAuthenticateOptions(authenticateOptions);
      return guard.authenticateNow(request, authenticateOptions);
    },
    outgoingHeaders: guard.outgoingHeaders,
    finish: guard.finish,
    guard(handler, options) {
      const kept = guardOptions(options);
      return async (request, connection) => {
        let response: Response;
        try {
          const terms = { ...kept, connection };
          const principal =
            guard.authenticateNow(request, terms) ?? (await guard.authenticate(request, terms));
          response = await handler(request, principal);
        } catch (error) {
          response = failed(error);
        }
        return guard.finish(request, response);
      };
    },
    signIn: (request, user, signInOptions) => signIn(settings, guard, request, user, signInOptions),
    signOut: (request) => signOut(settings, guard, request),
    errorResponse: failed,
    openapi,
    closeStreams: streams.close,
  };
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { method, path } of routes) {
    const known = methods.get(path) ?? ["OPTIONS"];
    methods.set(path, method === "GET" ? ["GET", "HEAD", ...known] : [method, ...known]);
  }
  return methods;
}
