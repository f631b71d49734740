import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createHttp, type Http } from "rollcall/http";
import { type FetchHandler, toNodeHandler } from "rollcall/node";
import { listen } from "../support/listen.js";
import {
  FRESH,
  fault,
  GUARDED_HEADERS,
  INBOX,
  isGuardedFirst,
  LINKED,
  laterFault,
  optional,
  readLogin,
  readStepUp,
  refusal,
  surely,
} from "./application.js";
import { type AdapterHarness, CUSTOMER, type HarnessOptions } from "./harness.js";

/** No framework: one function from request to response, which asks Rollcall first. */
export const nodeHarness: AdapterHarness = {
  name: "node",
  protocols: ["http/1.1", "h2"],
  skips: { "two guards on one route: the cookies go out once": "there is no middleware" },
  async start({ protocol, ...options }) {
    const handler = toNodeHandler(application(options), { onError: () => {} });
    return await listen(protocol === "h2" ? createHttp2Server(handler) : createServer(handler));
  },
};

function application({
  proxies = 0,
  prefix = "",
  guardFirst = false,
  letTimePass = () => {},
  ...options
}: Omit<HarnessOptions, "protocol">): FetchHandler {
  const http = createHttp({
    ...options,
    trustedProxies: proxies,
    paths: { account: `${prefix}/account`, auth: `${prefix}/auth` },
  });
  const inbox = http.guard((_request, { user }) => Response.json({ user }), INBOX);
  const routes: Readonly<Record<string, FetchHandler>> = {
    async "POST /auth/login"(request, connection) {
      const { user, terms } = readLogin(await request.json());
      const { body, headers } = await http.signIn(request, user, { ...terms, connection });
      return Response.json(body, { headers });
    },
    "GET /guarded": http.guard((_request, { user, sessionId }) =>
      Response.json({ user, sessionId }, { headers: GUARDED_HEADERS }),
    ),
    "GET /admins": http.guard((_request, { user }) => Response.json({ user }), {
      types: ["admin"],
    }),
    "GET /fresh": http.guard(() => Response.json({}), FRESH),
    "GET /sure": http.guard(() => Response.json({}), surely(options.sessions)),
    "POST /step-up": http.guard(async (request) => {
      const given = readStepUp(await request.json());
      const { body, headers } = await http.reauthenticate(request, given);
      return Response.json(body, { headers });
    }),
    "POST /echo": http.guard(async (request) => Response.json(await request.json())),
    "GET /optional": async (request) => {
      const user = await http.session(request);
      const admin = await http.session(request, { types: ["admin"] });
      return http.finish(request, Response.json(optional(user, admin)));
    },
    "GET /inbox": inbox,
    "POST /inbox": inbox,
    "GET /late": http.guard(() => {
      letTimePass();
      return Response.json({});
    }),
    "GET /refuses": http.guard(() => {
      throw refusal();
    }),
    "POST /sign-out": async (request) => http.finish(request, await signedOut(http, request)),
    "GET /sign-out": async (request) => http.finish(request, await signedOut(http, request)),
    "GET /sign-in": async (request) => {
      const { body, headers } = await http.signIn(request, LINKED.user, LINKED.terms);
      return Response.json(body, { headers });
    },
    "POST /act": http.guard(async (request) => {
      const { body, headers } = await http.actAs(request, CUSTOMER);
      return Response.json(body, { headers });
    }),
    "POST /sign-out/guarded": http.guard((request) => signedOut(http, request)),
    "GET /open": () => Response.json({ open: true }),
    "GET /throws": () => {
      throw fault();
    },
    "GET /rejects": laterFault,
  };
  return async (request, connection) => {
    const { pathname } = new URL(request.url);
    if (guardFirst && isGuardedFirst(pathname)) {
      return await http.guard(() => http.fetch(request, connection))(request, connection);
    }
    if (http.handles(request)) return await http.fetch(request, connection);
    const method = request.method === "HEAD" ? "GET" : request.method;
    const route = routes[`${method} ${pathname}`];
    if (route === undefined) return new Response("nothing here", { status: 404 });
    return await route(request, connection);
  };
}

/** Whoever is signed out already stays so. */
async function signedOut(http: Http, request: Request): Promise<Response> {
  try {
    await http.signOut(request);
  } catch (error) {
    const answer = http.errorResponse(error);
    if (answer.status !== 401) return answer;
  }
  return Response.json({});
}
