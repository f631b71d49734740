import type { Connection, Http } from "rollcall/http";

/** Answers the routes under `/articles`; `null` for other paths. */
export type Articles = (request: Request, connection: Connection) => Promise<Response> | null;

const ARTICLES = ["How to call the roll", "Who was here last night"];

/** Something to guard by a role: all may read, and editors publish. */
export function createArticles(http: Http): Articles {
  const answer = (body: unknown, status = 200): Response =>
    Response.json(body, { status, headers: { "Cache-Control": "no-store" } });

  // People pass, and keys that have the scope.
  const read = http.guard(async () => answer({ articles: ARTICLES }), {
    scopes: ["articles:read"],
  });
  const publish = http.guard(
    async (_request, { claims }) =>
      // The role comes with the token, so nothing is read; `refreshClaims` keeps it true.
      claims["role"] === "editor"
        ? answer({ message: "Published." }, 201)
        : answer({ error: "Only editors may publish." }, 403),
    { scopes: ["articles:write"] },
  );
  return (request, connection) => {
    if (new URL(request.url).pathname !== "/articles") return null;
    if (request.method === "GET") return read(request, connection);
    if (request.method === "POST") return publish(request, connection);
    return Promise.resolve(answer({ error: "Method not allowed" }, 405));
  };
}
