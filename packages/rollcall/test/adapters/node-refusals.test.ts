import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { toNodeHandler } from "rollcall/node";
import { afterEach, expect, test } from "vitest";
import { openApp } from "../http/app.js";
import { user } from "../support/sessions.js";

const servers: Server[] = [];

/** The port of a server on a handler of its own. */
async function listen(...args: Parameters<typeof toNodeHandler>): Promise<number> {
  const server = createServer(toNodeHandler(...args));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address !== null ? address.port : expect.unreachable();
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** What comes back for bytes that no client library would send. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString();
  });
  socket.end(request);
  await once(socket, "close");
  return answer;
}

test("a request that makes no URL is a 400, not a 500, and nobody is alarmed", async () => {
  const { http } = openApp();
  const alarms: unknown[] = [];
  const port = await listen(http.fetch, { onError: (error) => alarms.push(error) });
  for (const [target, host] of [
    ["/healthz", "a b/c"],
    ["/healthz", "evil:99999"],
    ["*", "app.example"],
    ["/healthz", "@"],
  ]) {
    const answer = await raw(
      port,
      `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer, `${target} ${host}`).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('{"error":"Malformed request","errorCode":"EC008"}');
    expect(answer).toMatch(/^cache-control: no-store\r$/im);
  }
  expect(alarms).toEqual([]);
});

test("HTTP/1.0 without a Host, as probes send it, is answered", async () => {
  const { http } = openApp();
  const answer = await raw(await listen(http.fetch), "GET /openapi.json HTTP/1.0\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.[01] 200 /);
});

test("a foreign Host changes nothing: origins are configured", async () => {
  const origin = "https://app.example";
  const { http, sessions } = openApp({ cookies: true, origin });
  const { tokens } = await sessions.start(user);
  const port = await listen(http.fetch);
  const ask = (from: string): Promise<string> =>
    raw(
      port,
      `DELETE /account/sessions HTTP/1.1\r\nHost: evil.example\r\nOrigin: ${from}\r\n` +
        `Cookie: __Host-rollcall-at=${tokens.accessToken.token}\r\nConnection: close\r\n\r\n`,
    );
  expect(await ask("https://evil.example")).toMatch(/^HTTP\/1\.1 403 /);
  expect(await ask(origin)).toMatch(/^HTTP\/1\.1 200 /);
});

test("what a handler throws is told to onError, and to no client", async () => {
  const told: unknown[] = [];
  const error = new Error("a detail");
  const throwing = await listen(
    () => {
      throw error;
    },
    { onError: (thrown) => told.push(thrown) },
  );
  const rejecting = await listen(async () => Promise.reject(error), {
    onError: (thrown) => told.push(thrown),
  });
  for (const port of [throwing, rejecting]) {
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: "Internal error", errorCode: "EC000" },
    ]);
  }
  expect(told).toEqual([error, error]);
});

test("a body beyond the limit is a 400, and the server lives on", async () => {
  const { http } = openApp();
  const port = await listen(http.fetch);
  const answer = await fetch(`http://127.0.0.1:${port}/auth/refresh`, {
    method: "POST",
    body: "x".repeat(200_000),
  });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: "the body must be at most 16384 bytes", errorCode: "EC008" },
  ]);
  expect(await raw(port, "GET /openapi.json HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.[01] 200 /);
});
