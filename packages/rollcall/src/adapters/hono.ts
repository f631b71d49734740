import type { Context, ErrorHandler, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions } from "../http/acting.js";
import type { Connection } from "../http/connection.js";
import { isByCookie } from "../http/credentials.js";
import { type CallerRequirements, type GuardOptions, guardOptions } from "../http/guard-options.js";
import type { Http } from "../http/http-api.js";
import { lackingHeaders, UNSTORED } from "../http/outgoing-headers.js";
import type { HttpReauthenticateOptions } from "../http/reauthenticate.js";
import { seeOther } from "../http/respond.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";
import { signInLocation } from "../http/sign-in-page.js";
import { nullIfSignedOut } from "../http/signed-out.js";

/** Options of {@link rollcall}. */
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

/** Rollcall in the terms of Hono. Made by {@link rollcall}. */
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

/**
 * Rollcall for Hono. Behind your own proxies set `trustedProxies` of `createHttp`, since Hono does
 * not read `X-Forwarded-For`. If your application is mounted under a path, include it in `paths` of
 * `createHttp`.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createSessions } from "rollcall";
 * import { rollcall } from "rollcall/hono";
 * import { createHttp } from "rollcall/http";
 * import { memory } from "rollcall/memory";
 *
 * const secret = "0123456789abcdef0123456789abcdef";
 * const sessions = createSessions({ store: memory(), secret });
 * const auth = rollcall(createHttp({ sessions }));
 *
 * const app = new Hono();
 * app.onError(auth.errors);
 * app.use(auth.routes());
 * app.get("/me", auth.guard({ types: ["user"] }), (c) => c.json({ id: c.get("principal").user.id }));
 * ```
 */
export function rollcall(http: Http, { getConnInfo }: HonoRollcallOptions = {}): HonoRollcall {
  const connectionOf = (context: Context): Connection => ({
    address: getConnInfo === undefined ? nodeAddress(context) : getConnInfo(context).remote.address,
  });

  const exception = (error: unknown): unknown => {
    if (!(error instanceof SessionError)) return error;
    const res = http.errorResponse(error);
    const status = STATUSES.find((known) => known === res.status) ?? 500;
    return new HTTPException(status, { res, message: error.message, cause: error });
  };

  /** Beside an answer that is there already, whose cookies of the same names stay. */
  const carry = (context: Context): void => {
    const outgoing = http.outgoingHeaders(context.req.raw);
    if (outgoing !== null) setHeaders(context, lackingHeaders(context.res.headers, outgoing));
  };

  /** Before the answer, in place of what an earlier call has set: of one name one cookie goes out. */
  const carryAhead = (context: Context): void => {
    const outgoing = http.outgoingHeaders(context.req.raw);
    if (outgoing === null) return;
    // Asking for `res` makes it: whatever answers later on, a handler of errors too, takes these along.
    const { headers } = context.res;
    const others = lackingHeaders(outgoing, new Headers(headers)).getSetCookie();
    headers.delete("set-cookie");
    for (const cookie of others) headers.append("set-cookie", cookie);
    setHeaders(context, outgoing);
  };

  return {
    routes: () => async (context, next) => {
      if (!http.handles({ url: context.req.url })) return await next();
      const request = await unread(context);
      if (request !== null) return await http.fetch(request, connectionOf(context));
      const message = "the body has been read before";
      const answer = http.errorResponse(new SessionError("malformed_request", { message }));
      return http.finish(context.req.raw, answer);
    },
    guard(options) {
      const { signInPage, ...kept } = guardOptions(options, http);
      return async (context, next) => {
        const request = context.req.raw;
        try {
          const connection = connectionOf(context);
          const answer = http.authenticate(request, { ...kept, connection });
          context.set("principal", answer instanceof Promise ? await answer : answer);
        } catch (error) {
          const location = signInLocation(request, error, signInPage);
          if (location !== null) return http.finish(request, seeOther(location));
          carryAhead(context);
          throw exception(error);
        }
        await next();
        carry(context);
        if (isByCookie(request) && !context.res.headers.has("cache-control")) {
          context.header("Cache-Control", UNSTORED);
        }
        return undefined;
      };
    },
    async session(context, options) {
      const request = context.req.raw;
      try {
        const connection = connectionOf(context);
        const principal = await http.session(request, { ...options, connection });
        if (principal !== null && isByCookie(request)) context.header("Cache-Control", UNSTORED);
        return principal;
      } catch (error) {
        throw exception(error);
      } finally {
        carryAhead(context);
      }
    },
    async signIn(context, user, options = {}) {
      try {
        const connection = connectionOf(context);
        const { headers, ...answer } = await http.signIn(context.req.raw, user, {
          ...options,
          connection,
        });
        setHeaders(context, headers);
        return answer;
      } catch (error) {
        throw exception(error);
      }
    },
    async actAs(context, user, options = {}) {
      try {
        const connection = connectionOf(context);
        const acting = await http.actAs(context.req.raw, user, { ...options, connection });
        const { headers, ...answer } = acting;
        setHeaders(context, headers);
        return answer;
      } catch (error) {
        carryAhead(context);
        throw exception(error);
      }
    },
    async reauthenticate(context, options) {
      try {
        const given = { ...options, connection: connectionOf(context) };
        const { headers, ...answer } = await http.reauthenticate(context.req.raw, given);
        setHeaders(context, headers);
        return answer;
      } catch (error) {
        carryAhead(context);
        throw exception(error);
      }
    },
    async signOut(context) {
      try {
        await nullIfSignedOut(http.signOut(context.req.raw));
      } catch (error) {
        throw exception(error);
      }
      carryAhead(context);
    },
    errors(error, context) {
      if (error instanceof SessionError) return http.errorResponse(error);
      // The rest is what Hono does without a handler.
      if ("getResponse" in error) {
        const answer = error.getResponse();
        return context.newResponse(answer.body, answer);
      }
      console.error(error);
      return context.text("Internal Server Error", 500);
    },
  };
}

/** Wraps what a guard or a sign-in throws in the type that Hono expects. */
const STATUSES = [400, 401, 403, 409, 429, 503] as const;

/** Replaces headers that are already set, and adds cookies. */
function setHeaders(context: Context, headers: Headers): void {
  for (const [name, value] of headers) {
    context.header(name, value, { append: name === "set-cookie" });
  }
}

/**
 * The request as it came, even if a middleware has read its body, since Hono keeps what it read.
 * `null` if the middleware read the body without Hono.
 */
async function unread({ req }: Context): Promise<Request | null> {
  if (!req.raw.bodyUsed) return req.raw;
  const { url, method, headers, signal } = req.raw;
  try {
    return new Request(url, { method, headers, signal, body: await req.text() });
  } catch {
    return null;
  }
}

/** What `@hono/node-server` puts into a context's `env`. */
interface NodeEnv {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

function nodeAddress(context: Context): string | undefined {
  const env: NodeEnv | undefined = context.env;
  return env?.incoming?.socket?.remoteAddress;
}
