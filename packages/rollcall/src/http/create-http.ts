import { Hono } from "hono";
import type { Principal } from "../core/model/credentials.js";
import { callBack } from "../core/process/call-back.js";
import { accountRoutes } from "./account-routes.js";
import { actAs, stopActing } from "./acting.js";
import { apiKeyRoutes } from "./api-key-routes.js";
import { authRoutes } from "./auth-routes.js";
import type { Connection } from "./connection.js";
import { preflight } from "./cors.js";
import { disavowLink } from "./disavow-link.js";
import { disavowRoutes } from "./disavow-routes.js";
import { checkAuthenticateOptions, guardOptions } from "./guard-options.js";
import type { Http } from "./http-api.js";
import { createHttpContext } from "./http-context.js";
import { sendNotices } from "./notices.js";
import { openapiDocument } from "./openapi.js";
import { type HttpOptions, readHttpOptions } from "./options.js";
import { reauthenticate } from "./reauthenticate.js";
import { errorResponse, json, seeOther } from "./respond.js";
import type { Route } from "./route.js";
import { serviceRoutes } from "./service-routes.js";
import { createSessionStreams } from "./session-streams.js";
import { signIn } from "./sign-in.js";
import { signInLocation } from "./sign-in-page.js";
import { signOut } from "./sign-out.js";
import { nullIfSignedOut } from "./signed-out.js";

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
  const context = createHttpContext(settings);
  const { outgoing } = context;
  sendNotices(settings, context.locator);
  const { levels } = settings.sessions;
  const streams = createSessionStreams(settings.sessions, settings.clock);
  const openapi = (): object => openapiDocument(routes, settings);
  const routes: readonly Route[] = [
    ...accountRoutes(context, streams),
    ...apiKeyRoutes(context),
    ...authRoutes(context),
    ...disavowRoutes(settings),
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
    app.on(route.method, route.path, ({ req, env }) =>
      route.handle({
        request: req.raw,
        connection: env.connection,
        params: req.param(),
        query: req.query(),
      }),
    );
  }
  const authenticate: Http["authenticate"] = (request, authenticateOptions) => {
    try {
      checkAuthenticateOptions(authenticateOptions, levels);
    } catch (error) {
      return Promise.reject(error);
    }
    return context.authenticate(request, authenticateOptions);
  };

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
      return outgoing.finish(request, response);
    },
    handles({ url }) {
      const path = url.replace(/^[a-z][a-z+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
      return matchers.some((matcher) => matcher.test(path));
    },
    paths: [...methodsByPath(routes).keys()],
    levels,
    authenticate,
    session: (request, authenticateOptions) =>
      nullIfSignedOut(authenticate(request, authenticateOptions)),
    outgoingHeaders: outgoing.of,
    finish: outgoing.finish,
    guard(handler, options) {
      const { signInPage, ...kept } = guardOptions(options, { levels });
      const answer = async (request: Request, connection?: Connection): Promise<Response> => {
        let principal: Principal | Promise<Principal>;
        try {
          principal = context.authenticate(request, { ...kept, connection });
          if (principal instanceof Promise) principal = await principal;
        } catch (error) {
          const location = signInLocation(request, error, signInPage);
          return location === null ? failed(error) : seeOther(location);
        }
        try {
          return await handler(request, principal);
        } catch (error) {
          return failed(error);
        }
      };
      return async (request, connection) =>
        outgoing.finish(request, await answer(request, connection));
    },
    signIn: (request, user, signInOptions) => signIn(context, request, user, signInOptions),
    actAs: (request, user, actAsOptions) => actAs(context, request, user, actAsOptions),
    stopActing: (request, connection) => stopActing(context, request, connection),
    reauthenticate: (request, options) => reauthenticate(context, request, options),
    signOut: (request) => signOut(context, request),
    errorResponse: failed,
    disavowLink: (sessionId) => disavowLink(settings, sessionId),
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
