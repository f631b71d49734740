import type { Sessions } from "rollcall";
import { type Connection, createHttp, type Http, insecureDevelopmentCookies } from "rollcall/http";
import { createAdmin } from "./admin.js";
import { createArticles } from "./articles.js";
import { asked } from "./asked.js";
import type { DemoDatabase } from "./demo-database.js";
import { SCOPES } from "./kinds.js";
import { createLogin } from "./login.js";
import { printMails } from "./mails.js";
import { pageFile } from "./page.js";
import { createPasswords } from "./passwords.js";
import { createStepUp } from "./step-up.js";
import { createThrottle } from "./throttle.js";

interface AppOptions {
  readonly sessions: Sessions;
  readonly database: DemoDatabase;
  readonly origin: string;
  readonly origins: readonly string[];
  readonly insecureCookies: boolean;
}

/** The demo as one function from request to response. */
export interface App {
  fetch(request: Request, connection: Connection): Promise<Response>;
  closeStreams(): void;
}

export async function createApp(options: AppOptions): Promise<App> {
  const { sessions, database, origin, origins } = options;
  const cookies = options.insecureCookies ? { [insecureDevelopmentCookies]: true } : true;
  const { users } = database;
  const http: Http = createHttp({
    sessions,
    origin,
    origins,
    cookies,
    notify: printMails(users),
    apiKeys: { scopes: SCOPES },
    // Who ends others, names one or makes a key, has shown the password not long ago.
    requireRecentAuth: "10m",
  });
  const proof = {
    http,
    users,
    passwords: await createPasswords(),
    throttle: createThrottle(database.makeLimiter),
  };
  const login = createLogin(proof);
  const stepUp = createStepUp(proof);

  // The demo's users never change, so the token alone is enough; no user is looked up.
  const emails = new Map<string, string>();
  const emailOf = async (id: string): Promise<string | undefined> => {
    const email = emails.get(id) ?? (await asked(() => users.byId(id)))?.email;
    if (email !== undefined) emails.set(id, email);
    return email;
  };
  const me = http.guard(async (_request, { user: { id }, claims, actor }) => {
    const email = await emailOf(id);
    const body = {
      user: email === undefined ? null : { id, email },
      role: claims["role"],
      actedBy: actor === null ? null : ((await emailOf(actor.user.id)) ?? null),
    };
    return Response.json(body, { headers: { "Cache-Control": "no-store" } });
  });

  const articles = createArticles(http);
  const admin = createAdmin({ http, sessions, users });

  const answered = async (request: Request, work: () => Promise<Response>): Promise<Response> => {
    try {
      return http.finish(request, await work());
    } catch (error) {
      return http.finish(request, http.errorResponse(error));
    }
  };

  return {
    closeStreams: http.closeStreams,
    async fetch(request, connection) {
      const { pathname } = new URL(request.url);
      const route = `${request.method} ${pathname}`;
      if (route === "POST /auth/login") {
        return await answered(request, () => login(request, connection.address));
      }
      if (route === "POST /auth/step-up") {
        return await answered(request, () => stepUp(request, connection));
      }
      if (route === "GET /me") return await me(request, connection);
      const own = await (admin(request, connection) ?? articles(request, connection));
      if (own !== null) return own;
      const reads = request.method === "GET" || request.method === "HEAD";
      const file = reads ? await pageFile(pathname) : null;
      return file ?? (await http.fetch(request, connection));
    },
  };
}
