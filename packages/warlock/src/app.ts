import { createServer } from "node:http";
import { Hono } from "hono";
import { type Clock, createSessions, type SessionStore } from "rollcall";
import { type Connection, createHttp, deviceFromRequest, type Http } from "rollcall/http";
import { toNodeHandler } from "rollcall/node";
import { raiseAlarms } from "./auth/alarms.js";
import { checkConfigurations } from "./auth/check-configurations.js";
import { type AuthConfigurations, tokensOf } from "./auth/configurations.js";
import { type Expiration, toMilliseconds } from "./auth/expiration.js";
import { jwtKeysOf } from "./auth/jwt.js";
import { answerTo, readBody } from "./core/chain.js";
import { refuseUnknown } from "./core/known-keys.js";
import { Request } from "./core/request.js";
import { Response } from "./core/response.js";
import { inMatchingOrder, type Route } from "./core/route.js";
import { validatorsOf } from "./core/route-handler.js";
import { registeredRoutes } from "./core/router.js";
import { report, state } from "./state.js";

/** Options of {@link createWarlockApp}. */
export interface WarlockAppOptions {
  /** The configuration of `@warlock.js/auth`, as it is. */
  readonly auth: AuthConfigurations;
  readonly store: SessionStore;
  /** At least 32 bytes. @default `auth.accessToken.secret` */
  readonly secret?: string;
  /** How long after its sign-in a session ends, however much it is used. @default "30 days", or
   * `auth.refreshToken.expiresIn` where that is longer */
  readonly absoluteTimeout?: Expiration;
  /** How many proxies of one's own stand in front; so many `X-Forwarded-For` entries count. @default 0 */
  readonly trustedProxies?: number;
  /** Told of what became a 500 or a 503, and of faults in the background. @default its message goes to the console */
  readonly onError?: (error: unknown) => void;
  /** For tests. */
  readonly clock?: Clock;
}

/** An application of the routes that `router` has been given. */
export interface WarlockApp {
  fetch(request: globalThis.Request, connection?: Connection): Promise<globalThis.Response>;
  /** Gives the port. @default any free one, on 127.0.0.1 */
  listen(port?: number, host?: string): Promise<number>;
  close(): Promise<void>;
}

const KNOWN = [
  "auth",
  "store",
  "secret",
  "absoluteTimeout",
  "trustedProxies",
  "onError",
  "clock",
] satisfies (keyof WarlockAppOptions)[];
const HOUR = 3_600_000;
const NEVER = 365 * 24 * HOUR;
/** For what is in flight when the application closes, in milliseconds. */
const GRACE = 2000;

/**
 * Runs code that was written against `@warlock.js/auth` and `@warlock.js/core` on Rollcall.
 *
 * @example
 * ```ts
 * import { sqlite } from "rollcall/sqlite";
 * import { Auth, authService, createWarlockApp } from "rollcall-warlock";
 * import Database from "libsql";
 *
 * const hash = await authService.hashPassword("correct horse battery staple");
 * const people = [{ id: 1, email: "ada@example.com", password: hash }];
 *
 * class User extends Auth {
 *   get userType(): string {
 *     return "user";
 *   }
 *   static override async first({ email }: { email?: unknown }): Promise<User | null> {
 *     const found = people.find((person) => person.email === email);
 *     return found === undefined ? null : new User(found);
 *   }
 *   static override async find(id: string | number): Promise<User | null> {
 *     const found = people.find((person) => person.id === Number(id));
 *     return found === undefined ? null : new User(found);
 *   }
 * }
 *
 * const store = sqlite(new Database("app.db"));
 * await store.migrate();
 * const secret = process.env["ROLLCALL_SECRET"] ?? "";
 * const app = createWarlockApp({ auth: { userType: { user: User } }, store, secret });
 * await app.listen(3000);
 * ```
 *
 * @throws TypeError naming the option at fault.
 */
export function createWarlockApp(options: WarlockAppOptions): WarlockApp {
  refuseUnknown(options, KNOWN, "createWarlockApp");
  checkConfigurations(options.auth);
  const { auth, store, onError, clock = Date, trustedProxies = 0 } = options;
  if (!Number.isInteger(trustedProxies) || trustedProxies < 0) {
    throw new TypeError("trustedProxies must be the number of proxies, 0 or more");
  }
  const { access, refresh } = tokensOf(auth);
  const secret = options.secret ?? access.secret;
  if (secret === undefined) throw new TypeError("secret, or auth.accessToken.secret, is missing");
  const idle = toMilliseconds(refresh.expiresIn ?? "7d", "auth.refreshToken.expiresIn", NEVER);
  const life = toMilliseconds(access.expiresIn ?? "1h", "auth.accessToken.expiresIn", idle);
  const absolute =
    options.absoluteTimeout === undefined
      ? Math.max(idle, 30 * 24 * HOUR)
      : toMilliseconds(options.absoluteTimeout, "absoluteTimeout", NEVER);
  const sessions = createSessions({
    store,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    secret,
    idleTimeout: idle,
    absoluteTimeout: absolute,
    // Longer ones would outlive what a session may lie idle.
    accessTokenTtl: Math.min(life, idle / 4),
    maxPerUser: refresh.maxPerUser ?? 5,
    claimsFor: (_user, { metadata }) => {
      const payload = metadata?.["payload"];
      return payload === undefined ? {} : { payload };
    },
    ...(onError === undefined ? {} : { onError }),
  });
  const http = createHttp({ sessions, ...(onError === undefined ? {} : { onError }) });
  const models = { ...auth.userType };
  state.running = {
    auth,
    models,
    hasRefreshTokens: refresh.enabled !== false,
    logoutWithoutToken: refresh.logoutWithoutToken ?? "revoke-all",
    jwt: jwtKeysOf(access, refresh, secret),
    removedTokens: new Map(),
    sessions,
    store,
    http,
    clock,
    onError,
  };
  raiseAlarms({ models, sessions });

  let routed = 0;
  let app = build([], http);
  const fetch: WarlockApp["fetch"] = async (request, connection = {}) => {
    const routes = registeredRoutes();
    if (routed !== routes.length) {
      app = build(routes, http);
      routed = routes.length;
    }
    const address = deviceFromRequest(request, { connection, trustedProxies }).ip;
    return await app.fetch(request, { connection: { address } });
  };
  const server = createServer(toNodeHandler(fetch));
  return {
    fetch,
    listen: (port = 0, host = "127.0.0.1") =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
          server.off("error", reject);
          const address = server.address();
          resolve(typeof address === "object" && address !== null ? address.port : port);
        });
      }),
    async close() {
      // Streams never end themselves; what else is in flight gets its answer, if it is at hand.
      http.closeStreams();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Whoever keeps back the rest of a request must not keep the process alive.
      const late = setTimeout(() => server.closeAllConnections(), GRACE).unref();
      await closed;
      clearTimeout(late);
      await sessions.close();
    },
  };
}

type WarlockHono = Hono<{ Bindings: { connection: Connection } }>;

function build(routes: readonly Route[], http: Http): WarlockHono {
  const app: WarlockHono = new Hono<{ Bindings: { connection: Connection } }>({ strict: false });
  app.onError((error) => {
    const answer = http.errorResponse(error);
    // The rest of a body that was too long is not read: a next request would lie behind it.
    answer.headers.set("Connection", "close");
    return answer;
  });
  app.notFound(() => new Response().notFound({ error: "Not found" }).toWeb());
  const ordered = inMatchingOrder(routes);
  // Hono asks the routes of GET for HEAD, so those of HEAD stand among them, and first.
  const heads = ordered.filter(({ method }) => method === "HEAD");
  const others = ordered.filter(({ method }) => method !== "HEAD");
  for (const { method, path, middleware, handler } of [...heads, ...others]) {
    const isHead = method === "HEAD";
    app.on(isHead ? "GET" : method, path, async (c, next) => {
      if (isHead && c.req.raw.method !== "HEAD") return await next();
      // Asked now: a handler may have been given its validation after it was registered.
      const steps = [...middleware, ...validatorsOf(handler, path), handler];
      const response = new Response();
      const request = new Request(c.req.raw, {
        connection: c.env.connection,
        params: c.req.param(),
        body: await readBody(c.req.raw),
        response,
      });
      response.header("X-Request-Id", request.id);
      const answer = await answerTo(steps, request, response, http);
      response.tell(answer, (error) => report("a listener of onSent failed", error));
      return answer;
    });
  }
  return app;
}
