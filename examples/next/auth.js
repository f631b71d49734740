import { cookies, headers } from "next/headers";
import { createSessions } from "rollcall";
import { createHttp } from "rollcall/http";
import { memory } from "rollcall/memory";
import { rollcall } from "rollcall/next";

function createAuth() {
  // In earnest: sqlite(…) or postgres(…), and a secret that is one.
  const sessions = createSessions({
    store: memory(),
    secret: "an example's secret of 32 bytes or more",
  });
  const origin = process.env.ORIGIN ?? "http://localhost:3000";
  const http = createHttp({ sessions, cookies: true, origin });
  // Event streams never end themselves, so they are ended before the server waits for its answers.
  process.once("SIGTERM", http.closeStreams);
  return rollcall(http, { cookies, headers });
}

/** One for the whole process: Next loads this file once for each kind of route. */
globalThis.auth ??= createAuth();
export const { auth } = globalThis;
