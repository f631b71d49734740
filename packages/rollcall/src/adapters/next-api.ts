import type { Principal } from "../core/model/credentials.js";
import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions } from "../http/acting.js";
import type { CallerRequirements, GuardOptions } from "../http/guard-options.js";
import type { HttpReauthenticateOptions } from "../http/reauthenticate.js";
import type { RequestHead } from "../http/request-head.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";
import type { CookieJar } from "./next-cookies.js";

/** Options of `rollcall`: the first two are those of `next/headers`. */
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

/** Rollcall in the terms of Next's App Router. Made by `rollcall`. */
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
