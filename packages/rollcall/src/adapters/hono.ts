import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { SessionError } from "../core/model/errors.js";
import type { Connection } from "../http/connection.js";
import { isByCookie } from "../http/credentials.js";
import { guardOptions } from "../http/guard-options.js";
import type { Http } from "../http/http-api.js";
import { lackingHeaders, UNSTORED } from "../http/outgoing-headers.js";
import { seeOther } from "../http/respond.js";
import { signInLocation } from "../http/sign-in-page.js";
import { nullIfSignedOut } from "../http/signed-out.js";
import type { HonoRollcall, HonoRollcallOptions } from "./hono-api.js";

export type { HonoRollcall, HonoRollcallOptions, PrincipalEnv } from "./hono-api.js";

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
