// Express with Rollcall. `npm run build`, then `node examples/express/server.mjs`; then
//   curl --json '{"name":"ada","password":"lovelace"}' localhost:3000/auth/login
// and with the access token of the answer as $T
//   curl -H "Authorization: Bearer $T" localhost:3000/account/sessions
import express from "express";
import { createSessions } from "rollcall";
import { principalOf, rollcall } from "rollcall/express";
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

const app = express();
app.use(auth.routes());
app.post("/auth/login", express.json(), async (request, response) => {
  const authenticatedAt = new Date();
  const { name = "", password } = request.body ?? {};
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) {
    response.status(401).json({ error: "Invalid credentials" });
    return;
  }
  const user = { type: "user", id: name };
  const { body } = await auth.signIn(request, response, user, { authenticatedAt });
  response.json(body);
});
app.get("/me", auth.guard({ types: ["user"] }), (request, response) => {
  response.json({ user: principalOf(request).user });
});
app.use(auth.errors());

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

process.once("SIGTERM", async () => {
  // Event streams never end themselves, so they go first.
  http.closeStreams();
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await sessions.close();
});
