// The application of before.mjs on Rollcall, with everybody who was signed in still signed in.
import cookieParser from "cookie-parser";
import express from "express";
import { Pool } from "pg";
import { createSessions } from "rollcall";
import { principalOf, rollcall } from "rollcall/express";
import { createHttp } from "rollcall/http";
import { postgres } from "rollcall/postgres";
import { takeOver } from "../take-over.mjs";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on("error", console.error);
const store = postgres(pool);
await store.migrate();
// In earnest, a secret that is one.
const sessions = createSessions({ store, secret: "an example's secret of 32 bytes or more" });
const origin = process.env.ORIGIN ?? "http://localhost:3000";
const http = createHttp({ sessions, cookies: true, origin });
const auth = rollcall(http);

// The application's own users; a real one keeps hashes.
const passwords = { ada: "lovelace", grace: "hopper" };

const app = express();
app.use(cookieParser("the secret that express-session signs its cookies with"));
app.use(async (request, response, next) => {
  const sid = request.signedCookies["connect.sid"];
  if (!sid) return next();
  try {
    await takeOver(
      pool,
      (client) =>
        client.query("delete from session where sid = $1 and expire > now() returning sess", [sid]),
      async (client, { sess }) => {
        if (sess.userId === undefined) return;
        await auth.signIn(
          request,
          response,
          { type: "user", id: sess.userId },
          {
            in: client,
            transport: "cookie",
            provenAt: new Date(sess.signedInAt),
            persistent: sess.cookie.originalMaxAge !== null,
          },
        );
      },
    );
  } catch (error) {
    // Without a commit there is no session, and these cookies must not say so.
    response.removeHeader("Set-Cookie");
    throw error;
  }
  response.clearCookie("connect.sid").redirect(307, `${origin}${request.originalUrl}`);
});
app.use(auth.routes());
app.post("/login", express.json(), async (request, response) => {
  const provenAt = new Date();
  const { name = "", password } = request.body ?? {};
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) {
    response.status(401).json({ error: "Invalid credentials" });
    return;
  }
  const user = { type: "user", id: name };
  await auth.signIn(request, response, user, { transport: "cookie", provenAt });
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
