import { createServer } from "node:http";
import { createSessions, type Sessions } from "rollcall";
import { createHttp, type Http } from "rollcall/http";
import { memory } from "rollcall/memory";
import { toNodeHandler } from "rollcall/node";
import { listen } from "../../rollcall/test/support/listen.js";
import { secret } from "../../rollcall/test/support/sessions.js";

export const user = { type: "user", id: "ada" };

/** An application on a free port, in which `POST /sign-in` signs ada in. */
export interface Application {
  readonly url: string;
  readonly sessions: Sessions;
  readonly http: Http;
  close(): Promise<void>;
}

export async function application(): Promise<Application> {
  const sessions = createSessions({ store: memory(), secret });
  const http = createHttp({ sessions });
  const { url, close } = await listen(
    createServer(
      toNodeHandler(async (request) => {
        if (new URL(request.url).pathname !== "/sign-in") return await http.fetch(request);
        const { body, headers } = await http.signIn(request, user);
        return Response.json(body, { headers });
      }),
    ),
  );
  return {
    url,
    sessions,
    http,
    async close() {
      http.closeStreams();
      await close();
      await sessions.close();
    },
  };
}
