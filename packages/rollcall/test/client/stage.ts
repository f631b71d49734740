import { createServer } from "node:http";
import type { Sessions } from "rollcall";
import { createHttp, type Http, insecureDevelopmentCookies } from "rollcall/http";
import { memory } from "rollcall/memory";
import { toNodeHandler } from "rollcall/node";
import type { ManualClock } from "rollcall/testing";
import { onTestFinished } from "vitest";
import { bundle } from "../element/stage.js";
import { listen } from "../support/listen.js";
import { open } from "../support/sessions.js";

export const ADA = { type: "user", id: "ada" };

/** A server with a page that has the client, on a clock that the test moves. */
export interface Stage {
  readonly url: string;
  readonly sessions: Sessions;
  readonly clock: ManualClock;
  /** The refreshes that rotated, and the requests by path. */
  readonly rotations: () => number;
  readonly requests: (path: string) => number;
  /** What is open at this moment. */
  readonly streams: () => number;
  /** Set to a status to have `/auth/refresh` answer with it. */
  refreshStatus: number | null;
  /** Set to have the event stream refused, as by a proxy that takes none. */
  noStreams: boolean;
}

export async function openStage(): Promise<Stage> {
  const scripts = await bundle("test/client/page-entry.ts");
  const store = memory();
  let rotated = 0;
  const { sessions, clock } = open({
    store: {
      ...store,
      async rotate(input) {
        const answer = await store.rotate(input);
        if (answer.outcome === "rotated") rotated += 1;
        return answer;
      },
    },
  });
  const asked = new Map<string, number>();
  let streams = 0;
  let http: Http | null = null;
  const handler = toNodeHandler(async (request, connection) => {
    const { pathname } = new URL(request.url);
    asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
    const script = scripts.get(pathname.slice(1));
    if (script !== undefined) {
      return new Response(script, { headers: { "Content-Type": "text/javascript" } });
    }
    if (http === null) return new Response(null, { status: 503 });
    if (pathname === "/login") {
      const transport = new URL(request.url).searchParams.has("bearer") ? "bearer" : "cookie";
      const { body, headers } = await http.signIn(request, ADA, { transport, connection });
      return Response.json(body, { headers });
    }
    if (pathname === "/auth/refresh" && stage.refreshStatus !== null) {
      return Response.json({ error: "away" }, { status: stage.refreshStatus });
    }
    if (pathname === "/account/sessions/events" && stage.noStreams) {
      return new Response(null, { status: 502 });
    }
    if (pathname === "/echo") {
      return await http.guard(async (guarded) => new Response(await guarded.text()))(request);
    }
    if (pathname === "/refuses") {
      const headers = { "WWW-Authenticate": 'Bearer error="invalid_token"' };
      return Response.json({ error: "never", errorCode: "EC002" }, { status: 401, headers });
    }
    if (http.handles(request)) return await http.fetch(request, connection);
    const page =
      '<!doctype html><title>Page</title><script type="module" src="/page-entry.js"></script>';
    return new Response(page, { headers: { "Content-Type": "text/html" } });
  });
  const server = createServer((request, response) => {
    if (request.url === "/account/sessions/events") {
      streams += 1;
      response.once("close", () => {
        streams -= 1;
      });
    }
    handler(request, response);
  });
  const { url, close } = await listen(server);
  const cookies = { [insecureDevelopmentCookies]: true };
  http = createHttp({ sessions, clock, origin: url, cookies });
  onTestFinished(async () => {
    http?.closeStreams();
    await close();
  });
  const stage: Stage = {
    url,
    sessions,
    clock,
    rotations: () => rotated,
    requests: (path) => asked.get(path) ?? 0,
    streams: () => streams,
    refreshStatus: null,
    noStreams: false,
  };
  return stage;
}
