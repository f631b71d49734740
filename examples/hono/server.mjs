// Hono with Rollcall. `npm run build`, then `node examples/hono/server.mjs`; then
//   curl --json '{"name":"ada","password":"lovelace"}' localhost:3000/auth/login
// and with the access token of the answer as $T
//   curl -H "Authorization: Bearer $T" localhost:3000/account/sessions
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { createSessions } from "rollcall";
import { rollcall } from "rollcall/hono";
import { createHttp } from "rollcall/http";
import { memory } from "rollcall/memory";

// In earnest: sqlite(…) or postgres(…), and a secret that is one.
const sessions = createSessions({
  store: memory(),
  secret: "an example's secret of 32 bytes or more",
});
const http = createHttp({ sessions });
const auth = rollcall(http);

// The application's own users; a real one keeps hashes.
const passwords = { ada: "lovelace", grace: "hopper" };

const app = new Hono();
app.onError(auth.errors);
app.use(auth.routes());
app.post("/auth/login", async (c) => {
  const authenticatedAt = new Date();
  const { name = "", password } = await c.req.json();
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) {
    return c.json({ error: "Invalid credentials" }, 401);
  }
  const { body } = await auth.signIn(c, { type: "user", id: name }, { authenticatedAt });
  return c.json(body);
});
app.get("/me", auth.guard({ types: ["user"] }), (c) => c.json({ user: c.get("principal").user }));

const server = createAdaptorServer({ fetch: app.fetch });
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

process.once("SIGTERM", async () => {
  // Event streams never end themselves, so they go first.
  http.closeStreams();
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await sessions.close();
});
