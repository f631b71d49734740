// An application on Lucia 3, as it was. after.mjs takes it over.
import { createAdaptorServer } from "@hono/node-server";
import { NodePostgresAdapter } from "@lucia-auth/adapter-postgresql";
import { Hono } from "hono";
import { Lucia } from "lucia";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query("create table if not exists auth_user (id text primary key)");
await pool.query(`create table if not exists user_session (
  id text primary key,
  user_id text not null references auth_user (id),
  expires_at timestamptz not null
)`);
await pool.query("insert into auth_user values ('ada'), ('grace') on conflict do nothing");
const lucia = new Lucia(
  new NodePostgresAdapter(pool, { user: "auth_user", session: "user_session" }),
  { sessionCookie: { attributes: { domain: process.env.COOKIE_DOMAIN } } },
);

// The application's own users; a real one keeps hashes.
const passwords = { ada: "lovelace", grace: "hopper" };

const app = new Hono();
app.post("/login", async (c) => {
  const { name = "", password } = await c.req.json();
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) {
    return c.json({ error: "Invalid credentials" }, 401);
  }
  const session = await lucia.createSession(name, {});
  c.header("Set-Cookie", lucia.createSessionCookie(session.id).serialize());
  return c.json({ user: name });
});
app.get("/me", async (c) => {
  const id = lucia.readSessionCookie(c.req.header("Cookie") ?? "");
  const { user } = id === null ? { user: null } : await lucia.validateSession(id);
  return user === null ? c.json({ error: "Sign in first" }, 401) : c.json({ user: user.id });
});

const server = createAdaptorServer({ fetch: app.fetch });
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

process.once("SIGTERM", async () => {
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await pool.end();
});
