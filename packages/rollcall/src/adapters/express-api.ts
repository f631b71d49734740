import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "../core/model/credentials.js";
import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions } from "../http/acting.js";
import type { CallerRequirements, GuardOptions } from "../http/guard-options.js";
import type { HttpReauthenticateOptions } from "../http/reauthenticate.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";
import type { Exchange, exchange } from "./exchange.js";

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

/** Rollcall in the terms of Express. Made by `rollcall`. */
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
