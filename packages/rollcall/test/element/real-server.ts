import { createServer } from "node:http";
import type { Sessions } from "rollcall";
import { createSessions } from "rollcall";
import { createHttp, type Http, insecureDevelopmentCookies } from "rollcall/http";
import { memory } from "rollcall/memory";
import { toNodeHandler } from "rollcall/node";
import { listen } from "../support/listen.js";
import { secret } from "../support/sessions.js";
import type { BuiltElement } from "./built-element.js";

/** An application with an account page, whose users need no password. */
export interface RealServer {
  readonly url: string;
  readonly sessions: Sessions;
  /** As if the network was gone: open connections break, and so do new ones. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

export const ADA = { type: "user", id: "ada" };

const ACCOUNT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Account</title>
<script type="module" src="/assets/rollcall-sessions.js"></script>
<h1>Account</h1><rollcall-sessions sign-in-url="/sign-in"></rollcall-sessions></html>`;

const SIGN_IN = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<h1>Sign in</h1></html>`;

/** `files`: what its pages may load, by name. */
export async function startRealServer(files: BuiltElement["files"]): Promise<RealServer> {
  const sessions = createSessions({ store: memory(), secret });
  let http: Http | null = null;

  const handler = toNodeHandler(async (request, connection) => {
    const { pathname } = new URL(request.url);
    if (http === null) return new Response(null, { status: 503 });
    if (http.handles(request)) return await http.fetch(request, connection);
    if (pathname === "/login") {
      const { body, headers } = await http.signIn(request, ADA, {
        transport: "cookie",
        connection,
      });
      return Response.json(body, { headers });
    }
    const file = files.get(pathname.slice("/assets/".length));
    const page = pathname === "/sign-in" ? SIGN_IN : ACCOUNT;
    const type = file === undefined ? "text/html" : "text/javascript";
    return new Response(file ?? page, { headers: { "Content-Type": type } });
  });
  const server = createServer(handler);
  // It goes on listening: another could take the port meanwhile.
  let isCut = false;
  server.on("connection", (socket) => {
    if (isCut) socket.destroy();
  });
  const { url, close } = await listen(server);
  http = createHttp({ sessions, origin: url, cookies: { [insecureDevelopmentCookies]: true } });

  return {
    url,
    sessions,
    cut() {
      isCut = true;
      server.closeAllConnections();
    },
    restore() {
      isCut = false;
    },
    async close() {
      http?.closeStreams();
      await close();
      await sessions.close();
    },
  };
}
