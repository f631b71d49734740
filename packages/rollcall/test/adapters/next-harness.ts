import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createHttp, type GuardOptions, type Http } from "rollcall/http";
import {
  type NextRollcall,
  type NextRollcallOptions,
  type RouteHandler,
  rollcall,
} from "rollcall/next";
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

const root = join(import.meta.dirname, "../../../..");
const NO_SOCKET =
  "a route handler sees no socket, and X-Forwarded-For may be the client's own claim";
const CURRENT = Symbol.for("rollcall.test.next");

/** What the routes get from Next, in the application's own bundle. */
interface Runtime extends NextRollcallOptions {
  readonly redirect: (url: string) => never;
}

/** By its shape: Next's own types change those of Node for the whole project. */
interface NextServer {
  prepare(): Promise<void>;
  getRequestHandler(): RequestListener;
  close(): Promise<void>;
}
const createNext: (options: { dev: boolean; dir: string }) => NextServer = createRequire(
  import.meta.url,
)("next");

/** A Next application, built for production and served by this very process. */
export interface NextApp {
  readonly harness: AdapterHarness;
  close(): Promise<void>;
}

/** Builds test/adapters/next-app in a folder; gives the server, which runs in this very process. */
async function build(dir: string): Promise<NextServer> {
  await cp(join(import.meta.dirname, "next-app"), dir, { recursive: true });
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));
  const bin = join(root, "node_modules/next/dist/bin/next");
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  // Not Turbopack, which takes no link that leads out of the folder.
  await promisify(execFile)(process.execPath, [bin, "build", "--webpack"], { cwd: dir, env });
  const app = createNext({ dev: false, dir });
  await app.prepare();
  return app;
}

/** An application whose routes ask this process what to do. */
export async function openNextApp(): Promise<NextApp> {
  const dir = await mkdtemp(join(tmpdir(), "rollcall-next-"));
  const removed = (): Promise<void> => rm(dir, { recursive: true, force: true });
  const app = await build(dir).catch(async (error: unknown) => {
    await removed();
    throw error;
  });
  const handle = app.getRequestHandler();
  return {
    harness: {
      name: "next",
      // HTTP/2 is for whatever stands in front of Next.
      protocols: ["http/1.1"],
      skips: {
        "the socket's address is the client's, whatever a header claims": NO_SOCKET,
        "the socket's address follows a session that moves, by each way to refresh it": NO_SOCKET,
        "cookies that come along with such a callback are not trusted":
          "the proxy before it refuses them, and says to leave callbacks out of its matcher",
        "two guards on one route: the cookies go out once": "a route handler is guarded once",
        "methods that are seldom met are refused, and nothing is made of them":
          "Next answers TRACE with 500 before it asks any route",
        "a path that does not decode is no server error":
          "Next answers such a path under a dynamic segment with 500 before it asks any route",
      },
      async start({ protocol: _only, guardFirst = false, letTimePass = () => {}, ...options }) {
        const http = httpFor(options);
        let made: { auth: NextRollcall; routes: object } | undefined;
        const make = ({ redirect, ...runtime }: Runtime): typeof made => {
          const auth = rollcall(http, runtime);
          return {
            auth: guardFirst ? { ...auth, handlers: guardedFirst(auth) } : auth,
            routes: routesFor(auth, redirect, letTimePass, surely(options.sessions)),
          };
        };
        const current = (runtime: Runtime): typeof made => {
          made ??= make(runtime);
          return made;
        };
        Object.assign(globalThis, { [CURRENT]: current });
        return await listen(createServer(handle));
      },
    },
    async close() {
      await app.close();
      await removed();
    },
  };
}

function httpFor({ proxies = 0, prefix = "", ...options }: Omit<HarnessOptions, "protocol">): Http {
  return createHttp({
    ...options,
    trustedProxies: proxies,
    paths: { account: `${prefix}/account`, auth: `${prefix}/auth` },
  });
}

/** The handlers, with a guard of the application's before some of them. */
function guardedFirst({ handlers, guard }: NextRollcall): NextRollcall["handlers"] {
  const guarded =
    (handle: (request: Request) => Promise<Response>) =>
    (request: Request): Promise<Response> =>
      isGuardedFirst(new URL(request.url).pathname)
        ? guard(handle)(request, undefined)
        : handle(request);
  const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = handlers;
  return {
    GET: guarded(GET),
    HEAD: guarded(HEAD),
    POST: guarded(POST),
    PUT: guarded(PUT),
    PATCH: guarded(PATCH),
    DELETE: guarded(DELETE),
    OPTIONS: guarded(OPTIONS),
  };
}

/** As Next types the context of `app/orders/[id]/route.ts`. */
interface OrderContext {
  readonly params: Promise<{ readonly id: string }>;
}

function routesFor(
  auth: NextRollcall,
  redirect: Runtime["redirect"],
  letTimePass: () => void,
  sure: GuardOptions,
): Record<string, RouteHandler<Request, OrderContext>> {
  const signOut = async (): Promise<Response> => {
    await auth.signOut();
    return Response.json({});
  };
  const inbox = auth.guard((_request, { user }) => Response.json({ user }), INBOX);
  return {
    "POST /auth/login": auth.errors(async (request) => {
      const { user, terms } = readLogin(await request.json());
      const { body } = await auth.signIn(user, terms);
      return Response.json(body, { headers: { "Cache-Control": "no-store" } });
    }),
    "GET /guarded": auth.guard((_request, { user, sessionId }) =>
      Response.json({ user, sessionId }, { headers: GUARDED_HEADERS }),
    ),
    "GET /admins": auth.guard((_request, { user }) => Response.json({ user }), {
      types: ["admin"],
    }),
    "GET /fresh": auth.guard(() => Response.json({}), FRESH),
    "GET /sure": auth.guard(() => Response.json({}), sure),
    "POST /step-up": auth.guard(async (request) => {
      const { body } = await auth.reauthenticate(readStepUp(await request.json()));
      return Response.json(body, { headers: { "Cache-Control": "no-store" } });
    }),
    "POST /echo": auth.guard(async (request) => Response.json(await request.json())),
    "GET /open": async () => Response.json({ open: true }),
    "GET /optional": auth.errors(async () => {
      const user = await auth.session();
      return Response.json(optional(user, await auth.session({ types: ["admin"] })));
    }),
    "GET /inbox": inbox,
    "POST /inbox": inbox,
    "GET /late": auth.guard(() => {
      letTimePass();
      return Response.json({});
    }),
    "GET /refuses": auth.guard(() => {
      throw refusal();
    }),
    "GET /throws": () => {
      throw fault();
    },
    "GET /rejects": laterFault,
    "GET /leave": auth.guard(() => redirect("/open")),
    "POST /again": auth.guard(async (_request, { user }) => {
      return Response.json((await auth.signIn(user, { transport: "cookie" })).body);
    }),
    "POST /sign-out": auth.errors(signOut),
    // Without `errors`, where Next does not tell the method.
    "GET /sign-out": signOut,
    "GET /sign-in": async () => Response.json((await auth.signIn(LINKED.user, LINKED.terms)).body),
    "POST /act": auth.guard(async () => Response.json((await auth.actAs(CUSTOMER)).body)),
    "POST /sign-out/guarded": auth.guard(signOut),
    "GET /orders/[id]": auth.guard(async (_request, { user }, context: OrderContext) => {
      return Response.json({ order: (await context.params).id, user: user.id });
    }),
  };
}
