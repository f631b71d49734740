import type { Connection, Http } from "rollcall/http";

/** Answers the routes under `/articles`; `null` for other paths. */
export type Articles = (request: Request, connection: Connection) => Promise<Response> | null;

const ARTICLES = ["How to call the roll", "Who was here last night"];

/** Something to guard by a role: all may read, and editors publish. */
export function createArticles(http: Http): Articles {
  const answer = (body: unknown, status = 200): Response =>
    Response.json(body, { status, headers: { "Cache-Control": "no-store" } });

  const routes = http.guard(async ({ method }, { claims }) => {
    if (method === "GET") return answer({ articles: ARTICLES });
    if (method !== "POST") return answer({ error: "Method not allowed" }, 405);
    // The role comes with the token, so nothing is read; `refreshClaims` keeps it true.
    if (claims["role"] !== "editor") return answer({ error: "Only editors may publish." }, 403);
    return answer({ message: "Published." }, 201);
  });
  return (request, connection) =>
    new URL(request.url).pathname === "/articles" ? routes(request, connection) : null;
}
