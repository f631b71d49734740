// The application of before.mjs on Rollcall. Who was signed in still is.
import cookieParser from "cookie-parser";
import express from "express";
import { Pool } from "pg";
import { createSessions } from "rollcall";
import { principalOf, rollcall } from "rollcall/express";
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
// What express-session was told.
const DOMAIN = process.env.COOKIE_DOMAIN;

// The application's own users; a real one keeps hashes.
const passwords = { ada: "lovelace", grace: "hopper" };

const app = express();
app.use(cookieParser("the secret that express-session signs its cookies with"));
app.use(async (request, response, next) => {
  const sid = request.signedCookies["connect.sid"];
  if (!sid) return next();
  const head = { method: request.method, headers: new Headers(request.headers) };
  const { headers, isOver, repeat } = await arrival(http, head, () =>
    takeOver(
      pool,
      (client) =>
        client.query("delete from session where sid = $1 and expire > now() returning sess", [sid]),
      async (client, { sess }) => {
        if (sess.userId === undefined) return null;
        return await http.signIn(
          head,
          { type: "user", id: sess.userId },
          {
            in: client,
            transport: "cookie",
            csrf: csrfOf(head),
            connection: { address: request.ip },
            authenticatedAt: new Date(sess.signedInAt),
            persistent: sess.cookie.originalMaxAge !== null,
          },
        );
      },
    ),
  );
  for (const [name, value] of headers) response.appendHeader(name, value);
  if (isOver) response.clearCookie("connect.sid", { domain: DOMAIN, path: "/" });
  if (!repeat) return next();
  response.redirect(307, `${origin}${request.originalUrl}`);
});
app.use(auth.routes());
app.post("/login", express.json(), async (request, response) => {
  const authenticatedAt = new Date();
  const { name = "", password } = request.body ?? {};
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) {
    response.status(401).json({ error: "Invalid credentials" });
    return;
  }
  const user = { type: "user", id: name };
  await auth.signIn(request, response, user, { transport: "cookie", authenticatedAt });
  response.json({ user: name });
});
app.get("/me", auth.guard(), (request, response) => {
  response.json({ user: principalOf(request).user.id });
});
app.use(auth.errors());

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

process.once("SIGTERM", async () => {
  http.closeStreams();
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await sessions.close();
  await pool.end();
});
