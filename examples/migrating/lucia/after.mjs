// The application of before.mjs on Rollcall. Who was signed in still is.
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { deleteCookie, getCookie } from "hono/cookie";
import { Pool } from "pg";
import { createSessions } from "rollcall";
import { rollcall } from "rollcall/hono";
import { createHttp } from "rollcall/http";
import { postgres } from "rollcall/postgres";
import { arrival, csrfOf, takeOver } from "../take-over.mjs";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on("error", console.error);
const store = postgres(pool);
await store.migrate();
// In earnest, a secret that is one.
const sessions = createSessions({ store, secret: "an example's secret of 32 bytes or more" });
const origin = process.env.ORIGIN ?? "http://localhost:3000";
const http = createHttp({ sessions, cookies: true, origin });
const auth = rollcall(http);
// What Lucia was told.
const SESSION_EXPIRES_IN = "30 days";
const DOMAIN = process.env.COOKIE_DOMAIN;

// The application's own users; a real one keeps hashes.
const passwords = { ada: "lovelace", grace: "hopper" };

const app = new Hono();
app.use(async (c, next) => {
  const id = getCookie(c, "auth_session");
  if (id === undefined) return await next();
  const { headers, isOver, repeat } = await arrival(http, c.req.raw, () =>
    takeOver(
      pool,
      (client) =>
        client.query(
          `delete from user_session where id = $1 and expires_at > now()
           returning user_id, least(now(), expires_at - $2::interval) as renewed_at`,
          [id, SESSION_EXPIRES_IN],
        ),
      (client, { user_id, renewed_at }) =>
        http.signIn(
          c.req.raw,
          { type: "user", id: user_id },
          {
            in: client,
            transport: "cookie",
            csrf: csrfOf(c.req.raw),
            authenticatedAt: renewed_at,
          },
        ),
    ),
  );
  if (!repeat) await next();
  for (const [name, value] of headers) c.header(name, value, { append: true });
  if (isOver) deleteCookie(c, "auth_session", { domain: DOMAIN, path: "/", secure: true });
  if (!repeat) return;
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(`${origin}${pathname}${search}`, 307);
});
app.use(auth.routes());
app.post("/login", async (c) => {
  const authenticatedAt = new Date();
  const { name = "", password } = await c.req.json();
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) {
    return c.json({ error: "Invalid credentials" }, 401);
  }
  await auth.signIn(c, { type: "user", id: name }, { transport: "cookie", authenticatedAt });
  return c.json({ user: name });
});
app.get("/me", auth.guard(), (c) => c.json({ user: c.get("principal").user.id }));
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
