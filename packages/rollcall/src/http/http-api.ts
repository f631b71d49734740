import type { Principal } from "../core/model/credentials.js";
import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions, HttpStopActing } from "./acting.js";
import type { Connection } from "./connection.js";
import type { AuthenticateOptions, GuardOptions } from "./guard-options.js";
import type { HttpReauthenticateOptions } from "./reauthenticate.js";
import type { RequestHead } from "./request-head.js";
import type { HttpSignIn, SignInOptions } from "./sign-in.js";

/** A handler of yours for signed-in callers. */
export type GuardedHandler = (
  request: Request,
  principal: Principal,
) => Response | Promise<Response>;

/** Rollcall over HTTP, in the terms of the web platform. Made by `createHttp`. */
export interface Http {
  /** Answers Rollcall's routes (docs/contract.md §1.2), and 404 to anything else. Never rejects. */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** Whether `fetch` has a route for the request's path. The address may lack its origin. */
  handles(request: Pick<Request, "url">): boolean;
  /** The paths of the routes, with `:name` for a parameter. */
  readonly paths: readonly string[];
  /** The names of the session manager's `levels`, lowest first. */
  readonly levels: readonly string[];
  /**
   * Authenticates the caller. It returns the principal directly if this process can tell by itself,
   * since a microtask costs more than the check, and otherwise a promise. So await it. With cookies
   * it refreshes expired tokens: pass the response to {@link Http.finish}, which sets the new
   * cookies.
   *
   * A request that opens a WebSocket is checked like a POST, since any site may open one. Pass all
   * its headers, and `readOnly: true`, since a handshake seldom sets cookies.
   *
   * @throws Never directly. It rejects with a SessionError `credential_missing`,
   *   `credential_invalid`, `user_type_forbidden`, `kind_forbidden`, `insufficient_scope`,
   *   `reauthentication_required`, `cross_site` or `store_unavailable`; see {@link Http.errorResponse}.
   */
  authenticate(request: RequestHead, options?: AuthenticateOptions): Principal | Promise<Principal>;
  /**
   * The caller, on pages where signing in is optional: `null` if nobody is signed in, or a
   * caller whom you did not ask for. It refreshes in passing as {@link Http.authenticate} does, so
   * give the answer to {@link Http.finish}.
   *
   * @example
   * ```ts
   * import type { Http } from "rollcall/http";
   *
   * export async function home(http: Http, request: Request): Promise<Response> {
   *   const principal = await http.session(request);
   *   const text = principal === null ? "Welcome" : `Welcome back, ${principal.user.id}`;
   *   return http.finish(request, new Response(text));
   * }
   * ```
   *
   * @throws SessionError `store_unavailable` (not `null`, since the caller may be signed in),
   *   `cross_site`.
   */
  session(request: RequestHead, options?: AuthenticateOptions): Promise<Principal | null>;
  /**
   * For servers without `Response`: the headers to set just before the response begins. They
   * replace your own, except that `Set-Cookie` is added. `null` if there are none.
   */
  outgoingHeaders(request: RequestHead): Headers | null;
  /**
   * Completes a response: adds changed cookies and CORS headers, and `no-store` if cookies changed,
   * or if the caller came with cookies and you set no `Cache-Control`. If your framework gives
   * handlers a copy of the request, as React Router does, call `authenticate` with the copy and
   * this with the original: `http.finish(request, await handler(request))`.
   */
  finish(request: Request, response: Response): Response;
  /** Wraps a handler: `authenticate`, the handler, `finish`; errors become responses. */
  guard(
    handler: GuardedHandler,
    options?: GuardOptions,
  ): (request: Request, connection?: Connection) => Promise<Response>;
  /**
   * Starts a session for a user you have authenticated. Under `toNodeHandler` it knows the client's
   * address and when the request arrived (for `authenticatedAt`). Elsewhere, and for a copy of the
   * request, pass `connection` and `authenticatedAt`.
   *
   * @throws as `sessions.start`; SessionError `cross_site`; TypeError behind GET or HEAD, unless `csrf`
   *   is `"verified"`.
   */
  signIn(request: RequestHead, user: UserReference, options?: SignInOptions): Promise<HttpSignIn>;
  /**
   * Lets the caller act as a user, as `sessions.actAs` does, after you have checked that this caller
   * may. The new session travels as the request does: its tokens are in the body, or take the place of
   * the caller's cookies, and another cookie keeps the way back.
   *
   * @throws as `sessions.actAs`; SessionError `credential_missing`, `cross_site`; TypeError behind GET or HEAD.
   */
  actAs(request: RequestHead, user: UserReference, options?: HttpActAsOptions): Promise<HttpSignIn>;
  /**
   * Ends the caller's acting session, as `POST /auth/stop-acting` does, for pages of your own. With
   * cookies, the browser gets back the session of whoever acted, even if the acting session is over.
   *
   * @throws SessionError `malformed_request` (the caller does not act), `credential_missing`,
   *   `credential_invalid`, `cross_site`, `store_unavailable`; TypeError behind GET or HEAD.
   */
  stopActing(request: RequestHead, connection?: Connection): Promise<HttpStopActing>;
  /**
   * Notes that the caller has authenticated again, after you have checked it: by a password before
   * something irreversible, or by a second factor to reach a higher level. The session goes on with new
   * tokens, which go the way the former ones came: into the body, or into cookies. The former ones are
   * refused from now on. Answer as after {@link Http.signIn}.
   *
   * @throws as `sessions.reauthenticate`; SessionError `credential_missing`, `cross_site`; TypeError
   *   behind GET or HEAD.
   */
  reauthenticate(request: RequestHead, options: HttpReauthenticateOptions): Promise<HttpSignIn>;
  /**
   * Ends the session that the request proves, as `POST /auth/logout` does, for sign-out pages of
   * your own. {@link Http.finish} clears its cookies. Use it behind POST, from a form or a script:
   * prefetches follow links too.
   *
   * @throws SessionError `credential_missing`, `credential_invalid`, `cross_site`,
   *   `store_unavailable`; TypeError behind GET or HEAD.
   */
  signOut(request: RequestHead): Promise<void>;
  /**
   * The response to an error (docs/contract.md §1.12). Anything but a `SessionError` becomes a
   * constant 500.
   */
  errorResponse(error: unknown): Response;
  /**
   * The link "This wasn't me" for a session, for a mail of your own. Notices have one.
   *
   * @throws TypeError without `notify` or `disavow`, or unless it is the id of a session.
   */
  disavowLink(sessionId: string): string;
  /** The OpenAPI 3.1 document of the routes. */
  openapi(): object;
  /** Ends the event streams, which never end by themselves. Call it first on SIGTERM. */
  closeStreams(): void;
}
