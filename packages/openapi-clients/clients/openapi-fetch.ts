// What an application may do with a client from openapi-typescript and openapi-fetch. A test generates
// `schema.ts` beside it, compiles it, and runs it against a server.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Session = components["schemas"]["Session"];

const [baseUrl = "", accessToken = "", refreshToken = ""] = process.argv.slice(2);
let current = accessToken;

const client = createClient<paths>({ baseUrl });
client.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${current}`);
    return request;
  },
});

/** All pages, of one session each. */
async function list(): Promise<Session[]> {
  const found: Session[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? { limit: 1 } : { limit: 1, cursor };
    const { data, error } = await client.GET("/account/sessions", { params: { query } });
    if (error) throw new Error(error.errorCode ?? error.error);
    found.push(...data.sessions);
    cursor = data.nextCursor;
  } while (cursor !== undefined);
  return found;
}

// The types are the document's.
type RenameRequest = components["schemas"]["RenameRequest"];
const named = { name: "Kitchen iPad" } satisfies RenameRequest;
type MustBeFalse<T extends false> = T;
export type NumberIsNoName = MustBeFalse<
  { readonly name: number } extends RenameRequest ? true : false
>;

const listed = await list();
const [first, second] = listed.filter((session) => !session.current);
if (first === undefined || second === undefined) throw new Error("too few sessions");

const renamed = await client.PATCH("/account/sessions/{id}", {
  params: { path: { id: first.id } },
  body: named,
});
const revoked = await client.DELETE("/account/sessions/{id}", {
  params: { path: { id: second.id } },
});
const again = await client.DELETE("/account/sessions/{id}", {
  params: { path: { id: "11111111-1111-4111-8111-111111111111" } },
});
const others = await client.DELETE("/account/sessions");

const refreshed = await client.POST("/auth/refresh", { body: { refreshToken } });
if (refreshed.data === undefined) throw new Error(refreshed.error.error);
const { tokens } = refreshed.data;
current = tokens.accessToken.token;
const left = await list();

const loggedOut = await client.POST("/auth/logout", {
  body: { refreshToken: tokens.refreshToken.token },
});
const after = await client.GET("/account/sessions");

console.log(
  JSON.stringify({
    listed: listed.length,
    renamed: renamed.data?.session.name,
    revoked: revoked.data?.message,
    notFound: again.error?.error,
    others: others.data?.revoked,
    rotated: tokens.refreshToken.token !== refreshToken,
    left: left.map((session) => session.current),
    loggedOut: loggedOut.data?.message,
    after: after.error?.errorCode,
  }),
);
