// The application of before.mjs, where better-auth still signs people in and Rollcall holds their sessions.
// Everybody who was signed in still is.
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { deleteCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { createSessions } from "rollcall";
import { rollcall } from "rollcall/hono";
import { createHttp } from "rollcall/http";
import { postgres } from "rollcall/postgres";
import { takeOver } from "../take-over.mjs";
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
app.on(["GET", "POST"], "/api/auth/*", (c) => betterAuthentication.handler(c.req.raw));
app.use(async (c, next) => {
  const cookies = c.req.header("Cookie") ?? "";
  if (!cookies.includes(`${sessionToken.name}=`)) return await next();
  const found = await betterAuthentication.api.getSession({
    headers: c.req.raw.headers,
    // What the database says now, and as it is.
    query: { disableCookieCache: true, disableRefresh: true },
  });
  const signedIn =
    found &&
    (await takeOver(
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
            provenAt: createdAt,
            persistent: !cookies.includes(`${dontRememberToken.name}=`),
          },
        ),
    ));
  for (const [name, value] of signedIn?.headers ?? []) c.header(name, value, { append: true });
  for (const { name, attributes } of [sessionToken, sessionData, dontRememberToken]) {
    deleteCookie(c, name, { path: attributes.path, secure: attributes.secure });
  }
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(`${origin}${pathname}${search}`, 307);
});
app.use(auth.routes());
app.get("/me", auth.guard(), async (c) => {
  const { user } = c.get("principal");
  const { rows } = await pool.query('select email from "user" where id = $1', [user.id]);
  return c.json({ user: rows[0].email });
});
app.onError((error) =>
  error instanceof HTTPException ? error.getResponse() : http.errorResponse(error),
);

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
