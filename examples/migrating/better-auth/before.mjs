// An application on better-auth, as it was. after.mjs takes its sessions over.
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { betterAuthentication, pool } from "./auth.mjs";

const app = new Hono();
app.on(["GET", "POST"], "/api/auth/*", (c) => betterAuthentication.handler(c.req.raw));
app.get("/me", async (c) => {
  const found = await betterAuthentication.api.getSession({ headers: c.req.raw.headers });
  return found === null
    ? c.json({ error: "Sign in first" }, 401)
    : c.json({ user: found.user.email });
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
