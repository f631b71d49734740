import { AsyncLocalStorage } from "node:async_hooks";
import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions } from "../http/acting.js";
import type { Connection } from "../http/connection.js";
import {
  type AuthenticateOptions,
  type CallerRequirements,
  type GuardOptions,
  guardOptions,
} from "../http/guard-options.js";
import type { Http } from "../http/http-api.js";
import type { HttpReauthenticateOptions } from "../http/reauthenticate.js";
import type { RequestHead } from "../http/request-head.js";
import { seeOther } from "../http/respond.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";
import { signInLocation } from "../http/sign-in-page.js";
import { nullIfSignedOut } from "../http/signed-out.js";
import { type CookieJar, keepCookies, withCookies } from "./next-cookies.js";
import { methodOf } from "./next-method.js";

/** Options of {@link rollcall}: the first two are those of `next/headers`. */
export interface NextRollcallOptions {
  /** `headers` of `next/headers`. */
  readonly headers: () => Promise<RequestHead["headers"]>;
  /** `cookies` of `next/headers`. */
  readonly cookies: () => Promise<CookieJar>;
  /**
   * The client's address, where the platform tells it in a header that nobody else can set. Next
   * itself only passes `X-Forwarded-For` on: behind proxies of one's own set `trustedProxies` of
   * `createHttp` instead. @default unknown
   */
  readonly address?: (headers: RequestHead["headers"]) => string | undefined;
}

/** A handler of `route.ts`: Next's context is passed through. */
export type RouteHandler<R extends Request, C> = (request: R, context: C) => Promise<Response>;

type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

/** Rollcall in the terms of Next's App Router. Made by {@link rollcall}. */
export interface NextRollcall {
  /** Rollcall's own routes, to be exported from `app/account/[...rollcall]/route.ts` and the like. */
  readonly handlers: Readonly<Record<Method, (request: Request) => Promise<Response>>>;
  /** A route handler for whoever is signed in. Cookies are refreshed in passing. */
  guard<R extends Request, C>(
    handler: (request: R, principal: Principal, context: C) => Response | Promise<Response>,
    options?: GuardOptions,
  ): RouteHandler<R, C>;
  /** A route handler whose `SessionError`s are answered as Rollcall's routes do. */
  errors<R extends Request, C>(
    handler: (request: R, context: C) => Response | Promise<Response>,
  ): RouteHandler<R, C>;
  /**
   * The caller, on pages where signing in is optional; for server components, server actions and
   * route handlers. `null` if nobody is signed in, or a caller whom you did not ask for.
   * Inside `guard`, `errors` and `proxy` cookies are refreshed in passing. Elsewhere it counts as a
   * use and never rotates, since a page cannot set cookies, and does not check where the request
   * comes from: a route handler that changes something takes `guard` or `errors`.
   *
   * @throws SessionError `store_unavailable` (not `null`, since the visitor may be signed in),
   *   `cross_site`.
   */
  session(options?: CallerRequirements): Promise<Principal | null>;
  /**
   * In a route handler or a server action: starts a session for a user you have authenticated, and
   * sets the cookies of the response. Send `body` yourself.
   *
   * @throws as `sessions.start`.
   */
  signIn(
    user: UserReference,
    options?: Omit<SignInOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * In a route handler or a server action: lets the caller act as a user, after you have checked that
   * this caller may, and sets the cookies of the response. Send `body` yourself.
   *
   * @throws as `http.actAs`.
   */
  actAs(
    user: UserReference,
    options?: Omit<HttpActAsOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * In a route handler or a server action: notes that the caller has authenticated again, after you have
   * checked it: see `reauthenticate` of `createHttp`. Sets the cookies of the response. Send `body` yourself.
   *
   * @throws as `sessions.reauthenticate`; SessionError `credential_missing`, `cross_site`.
   */
  reauthenticate(
    options: Omit<HttpReauthenticateOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * In a route handler or a server action: ends the caller's own session and clears its cookies.
   * Does nothing if the caller is already signed out.
   *
   * @throws SessionError `store_unavailable`, `cross_site`; TypeError in a route handler of GET.
   */
  signOut(): Promise<void>;
  /**
   * For `proxy.ts` (`middleware.ts` with `runtime: "nodejs"` before Next 16): refreshes cookies in
   * passing, so that pages find good ones. The handler returns `NextResponse.next()`, or a redirect
   * for visitors who may not pass. Rollcall's own routes bypass it. Let its matcher cover all
   * pages, for example `["/((?!_next/|.*\\..*).*)"]`: on other pages visitors stay signed in too,
   * but each view asks the database once the access cookie has expired. Leave the callbacks of
   * identity providers out: it refuses what another site sends with the visitor's cookies.
   */
  proxy<R extends Request>(
    handler: (request: R, principal: Principal | null) => Response | Promise<Response>,
  ): (request: R) => Promise<Response | undefined>;
}

/**
 * Rollcall for Next.js 15 and 16: App Router, Node.js runtime (see `rollcall/next/edge` for the
 * other). In `next.config.mjs` set
 *
 * - `skipTrailingSlashRedirect: true`, or Next sends `DELETE /account/sessions/`, a request whose id
 *   is missing by mistake, on to the route that ends all other sessions;
 * - `serverExternalPackages: ["rollcall"]`, so that Next's bundles share one copy of it. Leave this out
 *   where pages use `rollcall/react`: outside its bundles Next gives a package another copy of React.
 *
 * Keep what this returns on `globalThis`, since Next loads a module once for each kind of route.
 *
 * @example
 * ```ts
 * import { createSessions } from "rollcall";
 * import { createHttp } from "rollcall/http";
 * import { memory } from "rollcall/memory";
 * import { rollcall } from "rollcall/next";
 * import { cookies, headers } from "next/headers.js";
 *
 * const secret = "0123456789abcdef0123456789abcdef";
 * const sessions = createSessions({ store: memory(), secret });
 * const http = createHttp({ sessions, cookies: true, origin: "https://app.example" });
 * export const auth = rollcall(http, { cookies, headers });
 *
 * // app/account/[...rollcall]/route.ts and app/auth/[...rollcall]/route.ts
 * export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = auth.handlers;
 *
 * // app/me/route.ts
 * export const me = auth.guard((_request, { user }) => Response.json({ user }));
 * ```
 */
export function rollcall(
  http: Http,
  { headers, cookies, address }: NextRollcallOptions,
): NextRollcall {
  /** The request that is being answered, for calls that its handler makes. */
  const answering = new AsyncLocalStorage<RequestHead>();

  const connectionOf = (request: RequestHead): Connection => ({
    address: address?.(request.headers),
  });

  /** The request as far as Next describes it, where it gives no `Request`. */
  const headOf = async (method?: string): Promise<RequestHead> => {
    const known = await headers();
    return {
      method: method ?? methodOf(known),
      headers: withCookies(known, await cookies()),
    };
  };

  const sessionOf = (
    request: RequestHead,
    options: AuthenticateOptions = {},
  ): Promise<Principal | null> =>
    http.session(request, { ...options, connection: connectionOf(request) });

  /** Who calls, or the way to the sign-in page. */
  const admit = async (
    request: Request,
    { signInPage, ...options }: GuardOptions,
  ): Promise<Principal | Response> => {
    try {
      return await http.authenticate(request, { ...options, connection: connectionOf(request) });
    } catch (error) {
      const location = signInLocation(request, error, signInPage);
      if (location === null) throw error;
      return seeOther(location);
    }
  };

  const answer = async (
    request: Request,
    handle: () => Response | Promise<Response>,
  ): Promise<Response> => {
    let response: Response;
    try {
      response = await answering.run(request, handle);
    } catch (error) {
      if (!(error instanceof SessionError)) {
        // `redirect()` and `notFound()` throw: Next makes the response, and the cookies are sent
        // with it.
        keepCookies(http.outgoingHeaders(request), await cookies());
        throw error;
      }
      response = http.errorResponse(error);
    }
    return http.finish(request, response);
  };

  const handle = (request: Request): Promise<Response> =>
    http.fetch(request, connectionOf(request));

  return {
    handlers: {
      GET: handle,
      HEAD: handle,
      POST: handle,
      PUT: handle,
      PATCH: handle,
      DELETE: handle,
      OPTIONS: handle,
    },
    guard(handler, options) {
      const kept = guardOptions(options, http);
      return (request, context) =>
        answer(request, async () => {
          const admitted = await admit(request, kept);
          if (admitted instanceof Response) return admitted;
          return await handler(request, admitted, context);
        });
    },
    errors: (handler) => (request, context) => answer(request, () => handler(request, context)),
    async session(options) {
      const request = answering.getStore();
      if (request !== undefined) return await sessionOf(request, options);
      return await sessionOf(await headOf("GET"), { ...options, readOnly: true });
    },
    async signIn(user, options = {}) {
      const head = answering.getStore() ?? (await headOf());
      const connection = connectionOf(head);
      const { headers: outgoing, ...signedIn } = await http.signIn(head, user, {
        ...options,
        connection,
      });
      keepCookies(outgoing, await cookies());
      return signedIn;
    },
    async actAs(user, options = {}) {
      const request = answering.getStore();
      const head = request ?? (await headOf());
      try {
        const connection = connectionOf(head);
        const acting = await http.actAs(head, user, { ...options, connection });
        const { headers: outgoing, ...answered } = acting;
        keepCookies(outgoing, await cookies());
        return answered;
      } catch (error) {
        if (request === undefined) keepCookies(http.outgoingHeaders(head), await cookies());
        throw error;
      }
    },
    async reauthenticate(options) {
      const head = answering.getStore() ?? (await headOf());
      const given = { ...options, connection: connectionOf(head) };
      const { headers: outgoing, ...raised } = await http.reauthenticate(head, given);
      keepCookies(outgoing, await cookies());
      return raised;
    },
    async signOut() {
      const request = answering.getStore();
      const head = request ?? (await headOf());
      await nullIfSignedOut(http.signOut(head));
      // Inside a guard they are sent with its response.
      if (request === undefined) keepCookies(http.outgoingHeaders(head), await cookies());
    },
    proxy: (handler) => async (request) => {
      // These routes handle cookies themselves, and some clear what would be refreshed here.
      if (http.handles(request)) return undefined;
      let isSilent = false;
      const response = await answer(request, async () => {
        const handled = await handler(request, await sessionOf(request));
        isSilent = !handled.headers.has("cache-control");
        return handled;
      });
      // The proxy guards nothing: the pages and files behind it decide for themselves.
      if (isSilent && http.outgoingHeaders(request) === null) {
        response.headers.delete("cache-control");
      }
      return response;
    },
  };
}
