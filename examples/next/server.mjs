// Next with Rollcall. `npm run build`, then `node examples/next/server.mjs`, and sign in on the page
// as ada, password lovelace. `npx next dev examples/next` would do as well: this file is here to
// start Next as the other examples are started.
import { once } from "node:events";
import { createServer } from "node:http";
import next from "next";

const server = createServer(async (request, response) => (await handler)(request, response));
server.listen(Number(process.env.PORT ?? 3000), "localhost");
await once(server, "listening");
const { port } = server.address();
// An example tells nobody that it runs.
process.env.NEXT_TELEMETRY_DISABLED = "1";
process.env.ORIGIN ??= `http://localhost:${port}`;

const app = next({ dev: true, dir: import.meta.dirname, hostname: "localhost", port });
const handler = app.prepare().then(() => app.getRequestHandler());

process.once("SIGTERM", async () => {
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await app.close();
  process.exit(0);
});
console.log(process.env.ORIGIN);
