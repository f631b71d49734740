import { AsyncLocalStorage } from "node:async_hooks";
import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import type { Connection } from "../http/connection.js";
import {
  type AuthenticateOptions,
  type GuardOptions,
  guardOptions,
} from "../http/guard-options.js";
import type { Http } from "../http/http-api.js";
import type { RequestHead } from "../http/request-head.js";
import { seeOther } from "../http/respond.js";
import { signInLocation } from "../http/sign-in-page.js";
import { nullIfSignedOut } from "../http/signed-out.js";
import type { NextRollcall, NextRollcallOptions } from "./next-api.js";
import { keepCookies, withCookies } from "./next-cookies.js";
import { methodOf } from "./next-method.js";

export type { NextRollcall, NextRollcallOptions, RouteHandler } from "./next-api.js";

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
