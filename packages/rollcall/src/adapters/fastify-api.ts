import type { Principal } from "../core/model/credentials.js";
import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions } from "../http/acting.js";
import type { CallerRequirements, GuardOptions } from "../http/guard-options.js";
import type { Http } from "../http/http-api.js";
import type { HttpReauthenticateOptions } from "../http/reauthenticate.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";
import type { Exchange, exchange } from "./exchange.js";
import type { NodeResponse } from "./node-response.js";

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
