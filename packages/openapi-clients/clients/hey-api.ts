// What an application may do with a client from @hey-api/openapi-ts. A test generates `client/` beside
// it, compiles it, and runs it against a server.
import { client } from "./client/client.gen.js";
import {
  listSessions,
  logout,
  refreshTokens,
  renameSession,
  revokeOtherSessions,
  revokeSession,
  type Session,
  streamEvents,
} from "./client/index.js";

const [baseUrl = "", accessToken = "", refreshToken = ""] = process.argv.slice(2);
let current = accessToken;

client.setConfig({ baseUrl, auth: () => current });

/** All pages, of one session each. */
async function list(): Promise<Session[]> {
  const found: Session[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? { limit: 1 } : { limit: 1, cursor };
    const { data, error } = await listSessions({ query });
    if (error) throw new Error(error.errorCode ?? error.error);
    found.push(...data.sessions);
    cursor = data.nextCursor;
  } while (cursor !== undefined);
  return found;
}

const listed = await list();
const [first, second] = listed.filter((session) => !session.current);
if (first === undefined || second === undefined) throw new Error("too few sessions");

// The stream is open once its response has begun.
let open = (): void => {};
const opened = new Promise<void>((resolve) => {
  open = resolve;
});
const { stream } = await streamEvents({
  async fetch(input, init) {
    const response = await fetch(input, init);
    open();
    return response;
  },
});
const reasons = (async () => {
  const heard: string[] = [];
  for await (const data of stream) if (data !== "") heard.push(data.reason);
  return heard;
})();
await opened;

const renamed = await renameSession({ path: { id: first.id }, body: { name: "Kitchen iPad" } });
const revoked = await revokeSession({ path: { id: second.id } });
const again = await revokeSession({ path: { id: "11111111-1111-4111-8111-111111111111" } });
const others = await revokeOtherSessions();

const refreshed = await refreshTokens({ body: { refreshToken } });
if (refreshed.data === undefined) throw new Error(refreshed.error.error);
const { tokens } = refreshed.data;
current = tokens.accessToken.token;
const left = await list();

const loggedOut = await logout({ body: { refreshToken: tokens.refreshToken.token } });
const after = await listSessions();

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
    heard: await reasons,
  }),
);
