// Fastify with Rollcall. `npm run build`, then `node examples/fastify/server.mjs`; then
//   curl --json '{"name":"ada","password":"lovelace"}' localhost:3000/auth/login
// and with the access token of the answer as $T
//   curl -H "Authorization: Bearer $T" localhost:3000/account/sessions
import { fastify } from "fastify";
import { createSessions } from "rollcall";
import { rollcall } from "rollcall/fastify";
import { createHttp } from "rollcall/http";
import { memory } from "rollcall/memory";

// In earnest: sqlite(…) or postgres(…), and a secret that is one.
const sessions = createSessions({
  store: memory(),
  secret: "an example's secret of 32 bytes or more",
});
const http = createHttp({ sessions });

// The application's own users; a real one keeps hashes.
const passwords = { ada: "lovelace", grace: "hopper" };

const app = fastify();
await app.register(rollcall, { http });
app.setErrorHandler(app.rollcall.errors);
// Event streams never end themselves, so they go before Fastify waits for open answers.
app.addHook("preClose", async () => http.closeStreams());
app.addHook("onClose", () => sessions.close());

app.post("/auth/login", async (request, reply) => {
  const authenticatedAt = new Date();
  const { name = "", password } = request.body ?? {};
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) {
    return reply.code(401).send({ error: "Invalid credentials" });
  }
  const user = { type: "user", id: name };
  return (await app.rollcall.signIn(request, reply, user, { authenticatedAt })).body;
});
app.get("/me", { onRequest: app.rollcall.guard({ types: ["user"] }) }, async (request) => ({
  user: request.principal.user,
}));

process.once("SIGTERM", () => app.close());
console.log(await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" }));
