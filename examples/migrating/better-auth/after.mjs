// The application of before.mjs, where better-auth still signs people in and Rollcall holds their sessions.
// Who was signed in still is.
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { deleteCookie, getCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { createSessions } from "rollcall";
import { rollcall } from "rollcall/hono";
import { createHttp } from "rollcall/http";
import { postgres } from "rollcall/postgres";
import { arrival, csrfOf, takeOver } from "../take-over.mjs";
import { betterAuthentication, pool } from "./auth.mjs";

const store = postgres(pool);
await store.migrate();
// In earnest, a secret that is one.
const sessions = createSessions({ store, secret: "an example's secret of 32 bytes or more" });
const origin = process.env.ORIGIN ?? "http://localhost:3000";
const http = createHttp({ sessions, cookies: true, origin });
const auth = rollcall(http);
const { authCookies } = await betterAuthentication.$context;
const { sessionToken, sessionData, dontRememberToken } = authCookies;

const app = new Hono();
/** Puts a session of Rollcall in the place of the one that these cookies of better-auth prove. */
async function exchange(c, cookies, notBefore = 0) {
  const found = await betterAuthentication.api.getSession({
    headers: new Headers({ Cookie: cookies }),
    // What the database says now, and as it is.
    query: { disableCookieCache: true, disableRefresh: true },
  });
  if (!found || found.session.createdAt < notBefore) return null;
  return await takeOver(
    pool,
    (client) =>
      client.query(
        'delete from session where token = $1 and "expiresAt" > now() returning "userId", "createdAt"',
        [found.session.token],
      ),
    (client, { userId, createdAt }) =>
      http.signIn(
        c.req.raw,
        { type: "user", id: userId },
        {
          in: client,
          transport: "cookie",
          csrf: csrfOf(c.req.raw),
          authenticatedAt: createdAt,
          persistent: parse(cookies, dontRememberToken.name)[dontRememberToken.name] === undefined,
        },
      ),
  );
}

function clearCookies(c) {
  for (const { name, attributes } of [sessionToken, sessionData, dontRememberToken]) {
    deleteCookie(c, name, attributes);
  }
}

// Who was signed in before the switch.
app.use(async (c, next) => {
  if (getCookie(c, sessionToken.name) === undefined) return await next();
  const { headers, isOver, repeat } = await arrival(http, c.req.raw, () =>
    exchange(c, c.req.header("Cookie")),
  );
  if (!repeat) await next();
  for (const [name, value] of headers) c.header(name, value, { append: true });
  if (isOver) clearCookies(c);
  if (!repeat) return;
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(`${origin}${pathname}${search}`, 307);
});

// Who signs in from now on.
app.on(["GET", "POST"], "/api/auth/*", async (c) => {
  const begun = new Date();
  const answer = await betterAuthentication.handler(c.req.raw);
  const cookies = answer.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  // No older one: better-auth renews what it is shown, and that may have been planted.
  const signedIn = await exchange(c, cookies.join("; "), begun);
  if (signedIn === null) return answer;
  c.res = answer;
  for (const [name, value] of signedIn.headers) c.header(name, value, { append: true });
  clearCookies(c);
  return c.res;
});
app.use(auth.routes());
app.get("/me", auth.guard(), async (c) => {
  const { user } = c.get("principal");
  const { rows } = await pool.query('select email from "user" where id = $1', [user.id]);
  return c.json({ user: rows[0].email });
});
app.onError(auth.errors);

const server = createAdaptorServer({ fetch: app.fetch });
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

process.once("SIGTERM", async () => {
  http.closeStreams();
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await sessions.close();
  await pool.end();
});
