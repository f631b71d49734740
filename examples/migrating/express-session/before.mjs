// An application on express-session and connect-pg-simple, as it was. after.mjs takes it over.
import connectPgSimple from "connect-pg-simple";
import express from "express";
import session from "express-session";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const PgStore = connectPgSimple(session);

// The application's own users; a real one keeps hashes.
const passwords = { ada: "lovelace", grace: "hopper" };

const app = express();
app.use(
  session({
    store: new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false }),
    secret: "the secret that express-session signs its cookies with",
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 30 * 24 * 60 * 60 * 1000, domain: process.env.COOKIE_DOMAIN },
  }),
);
app.post("/login", express.json(), (request, response, next) => {
  const { name = "", password } = request.body ?? {};
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) {
    response.status(401).json({ error: "Invalid credentials" });
    return;
  }
  request.session.regenerate((error) => {
    if (error) return next(error);
    request.session.userId = name;
    request.session.signedInAt = Date.now();
    response.json({ user: name });
  });
});
app.get("/me", (request, response) => {
  const { userId } = request.session;
  if (userId === undefined) response.status(401).json({ error: "Sign in first" });
  else response.json({ user: userId });
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

process.once("SIGTERM", async () => {
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await pool.end();
});
