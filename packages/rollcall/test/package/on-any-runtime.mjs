// Runs under Node, Bun and Deno, in a project that has installed the package: what a server does over HTTP,
// and the suite of stores on those that the runtime has. Prints one line of JSON.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createSessions } from "rollcall";
import { createHttp } from "rollcall/http";
import { memory, memoryDatabase } from "rollcall/memory";
import { toNodeHandler } from "rollcall/node";
import { sqlite } from "rollcall/sqlite";
import { manualClock, reasonToSkip, storeCases } from "rollcall/testing";

const user = { type: "user", id: "ada" };

/** A server of the runtime's own kind. */
async function serve(fetch) {
  const hostname = "127.0.0.1";
  if (globalThis.Bun !== undefined) {
    const server = globalThis.Bun.serve({ hostname, port: 0, fetch });
    return { port: server.port, close: () => server.stop(true) };
  }
  if (globalThis.Deno !== undefined) {
    const abort = new AbortController();
    const options = { hostname, port: 0, signal: abort.signal, onListen() {} };
    const server = globalThis.Deno.serve(options, (request) => fetch(request));
    return {
      port: server.addr.port,
      async close() {
        abort.abort();
        await server.finished;
      },
    };
  }
  return await serveByNode(fetch);
}

/** `node:http`, which each of them has. */
async function serveByNode(fetch) {
  const server = createServer(toNodeHandler(fetch));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Signs in on two devices; the second sees the first refresh and ends it, and each hears of it. */
async function overHttp(serveWith) {
  const sessions = createSessions({ store: memory(), secret: "0123456789abcdef0123456789abcdef" });
  const http = createHttp({ sessions });
  const { port, close } = await serveWith(async (request) => {
    if (!request.url.endsWith("/sign-in")) return await http.fetch(request);
    const { body, headers } = await http.signIn(request, user, { transport: "bearer" });
    return Response.json(body, { headers });
  });
  const call = (method, path, token, body) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const signIn = async () => await (await call("POST", "/sign-in")).json();
  const [phone, laptop] = [await signIn(), await signIn()];
  const answer = await call("POST", "/auth/refresh", undefined, {
    refreshToken: phone.tokens.refreshToken.token,
  });
  assert.equal(answer.status, 200);
  const { tokens } = await answer.json();
  assert.notEqual(tokens.refreshToken.token, phone.tokens.refreshToken.token);
  const own = tokens.accessToken.token;
  const other = laptop.tokens.accessToken.token;
  assert.deepEqual((await sessions.verify(own)).user, user);

  const stream = await call("GET", "/account/sessions/events", own);
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  const heard = stream.body.pipeThrough(new TextDecoderStream()).getReader();

  const listed = await (await call("GET", "/account/sessions", other)).json();
  assert.equal(listed.sessions.length, 2);
  const { id } = listed.sessions.find(({ current }) => !current);
  assert.equal((await call("DELETE", `/account/sessions/${id}`, other)).status, 200);
  let told = "";
  for (let part = await heard.read(); !part.done; part = await heard.read()) told += part.value;
  assert.match(told, /^event: revoked\ndata: \{"reason":"revoked"/m);
  assert.equal((await call("GET", "/account/sessions", own)).status, 401);
  assert.equal((await call("GET", "/account/sessions", other)).status, 200);
  http.closeStreams();
  await close();
  await sessions.close();
}

/** The embedded database that comes with the runtime, if it has one. */
async function builtinSqlite() {
  if (globalThis.Bun !== undefined) {
    const { Database } = await import("bun:sqlite");
    return (path) => new Database(path);
  }
  const { DatabaseSync } = await import("node:sqlite").catch(() => ({}));
  if (DatabaseSync === undefined) return null;
  const openDatabase = (path) => new DatabaseSync(path);
  const probe = openDatabase(":memory:");
  return "isTransaction" in probe ? openDatabase : null;
}

async function suite(open) {
  const counts = { passed: 0, skipped: 0 };
  for (const storeCase of storeCases) {
    const harness = { clock: manualClock(), ...(await open()) };
    if (reasonToSkip(storeCase, harness) !== null) counts.skipped += 1;
    else {
      await storeCase.run(harness).catch((error) => {
        throw new Error(storeCase.name, { cause: error });
      });
      counts.passed += 1;
    }
    await harness.store.close();
  }
  assert.equal(counts.passed + counts.skipped, storeCases.length);
  return counts;
}

await overHttp(serve);
await overHttp(serveByNode);
const stores = {
  memory: await suite(async () => {
    const database = memoryDatabase();
    return { store: memory(database), another: async () => memory(database) };
  }),
};
const openDatabase = await builtinSqlite();
if (openDatabase !== null) {
  stores.sqlite = await suite(async () => {
    const store = sqlite(openDatabase(":memory:"));
    await store.migrate();
    return { store };
  });
}
console.log(JSON.stringify(stores));
