import type { Context, ErrorHandler, MiddlewareHandler } from "hono";
import type { Principal } from "../core/model/credentials.js";
import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions } from "../http/acting.js";
import type { CallerRequirements, GuardOptions } from "../http/guard-options.js";
import type { HttpReauthenticateOptions } from "../http/reauthenticate.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";

/** Options of `rollcall`. */
export interface HonoRollcallOptions {
  /**
   * How Hono finds the client's address on this runtime.
   * @default that of `@hono/node-server`
   * @remarks On Bun, Deno and others: the `getConnInfo` of `hono/bun`, `hono/deno`.
   */
  readonly getConnInfo?: (context: Context) => { readonly remote: { readonly address?: string } };
}

/** What a guard adds to Hono's context. */
export interface PrincipalEnv {
  Variables: { principal: Principal };
}

/** Rollcall in the terms of Hono. Made by `rollcall`. */
export interface HonoRollcall {
  /** Rollcall's own routes; other requests are passed on. */
  routes(): MiddlewareHandler;
  /**
   * Lets signed-in callers pass, as `c.get("principal")`. Others go to `app.onError` as an
   * `HTTPException`, whose response is Rollcall's and whose `cause` is the `SessionError`. Cookies
   * are refreshed in passing.
   */
  guard(options?: GuardOptions): MiddlewareHandler<PrincipalEnv>;
  /**
   * The caller, on pages where signing in is optional: `null` if nobody is signed in, or a caller
   * whom you did not ask for. Cookies are refreshed in passing.
   *
   * @throws HTTPException for `store_unavailable` (not `null`, since the caller may be signed in)
   *   and `cross_site`.
   */
  session(context: Context, options?: CallerRequirements): Promise<Principal | null>;
  /**
   * Starts a session for a user you have authenticated, and sets the headers and cookies of the
   * response. Send `body` yourself, for example with `c.json`.
   *
   * @throws HTTPException for what `sessions.start` throws.
   */
  signIn(
    context: Context,
    user: UserReference,
    options?: Omit<SignInOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * Lets the caller act as a user, after you have checked that this caller may, and sets the headers and
   * cookies of the response. Send `body` yourself. Use it behind POST.
   *
   * @throws HTTPException for what `http.actAs` throws.
   */
  actAs(
    context: Context,
    user: UserReference,
    options?: Omit<HttpActAsOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * Notes that the caller has authenticated again, after you have checked it: see `reauthenticate` of
   * `createHttp`. Sets the headers and cookies of the response. Send `body` yourself.
   *
   * @throws HTTPException for what `sessions.reauthenticate` throws, `credential_missing` and `cross_site`.
   */
  reauthenticate(
    context: Context,
    options: Omit<HttpReauthenticateOptions, "connection">,
  ): Promise<Pick<HttpSignIn, "session" | "body">>;
  /**
   * Ends the caller's own session and clears its cookies; you make the response, for example with
   * `c.json` or `c.redirect`. Does nothing if the caller is already signed out. Use it behind POST,
   * not behind a link.
   *
   * @throws HTTPException for `store_unavailable` and `cross_site`; TypeError behind GET.
   */
  signOut(context: Context): Promise<void>;
  /**
   * For `app.onError`: answers a `SessionError` as Rollcall's routes do, also one that a handler
   * throws itself, and other errors as Hono does.
   */
  readonly errors: ErrorHandler;
}
