import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { SessionError } from "rollcall";
import { toNodeHandler } from "rollcall/node";
import { afterEach, expect, test } from "vitest";
import { ORIGIN, openApp } from "../http/app.js";
import { user } from "../support/sessions.js";
import { testContract } from "./contract.js";
import { nodeHarness } from "./node-harness.js";

testContract(nodeHarness);

const servers: Server[] = [];

async function listen(...given: Parameters<typeof toNodeHandler>): Promise<string> {
  const server = createServer(toNodeHandler(...given));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

test("the routes over real HTTP, with the socket's address", async () => {
  const { http, sessions } = openApp();
  const base = await listen(async (request, connection) => {
    if (!request.url.endsWith("/login")) return await http.fetch(request, connection);
    const { body, headers } = await http.signIn(request, user, { connection });
    return Response.json(body, { headers });
  });
  const login = await fetch(`${base}/login`, { method: "POST" });
  const { tokens } = JSON.parse(await login.text());
  const headers = { Authorization: `Bearer ${tokens.accessToken.token}` };
  const listed = await fetch(`${base}/account/sessions`, { headers });
  expect([listed.status, await listed.json()]).toEqual([
    200,
    { sessions: [expect.objectContaining({ current: true, lastIp: "127.0.0.1" })] },
  ]);
  const renamed = await fetch(`${base}/account/sessions/x`, {
    method: "PATCH",
    headers,
    body: JSON.stringify({ name: "x" }),
  });
  expect(renamed.status).toBe(404);
  expect((await sessions.list(user)).sessions).toHaveLength(1);
});

test("the address and the time of proof come along by themselves", async () => {
  const { http, sessions, clock } = openApp();
  let isPasswordRight = async (): Promise<void> => {};
  const guarded = http.guard((_request, { user }) => Response.json({ user }));
  const base = await listen(async (request) => {
    if (request.url.endsWith("/me")) return await guarded(request);
    if (!request.url.endsWith("/login")) return await http.fetch(request);
    await isPasswordRight();
    const { body, headers } = await http.signIn(request, user);
    return Response.json(body, { headers });
  });
  const login = async (): Promise<Response> => await fetch(`${base}/login`, { method: "POST" });
  const { tokens } = JSON.parse(await (await login()).text());
  expect((await sessions.list(user)).sessions).toMatchObject([
    { lastIp: "127.0.0.1", deviceInfo: { ip: "127.0.0.1" } },
  ]);
  const refreshed = await fetch(`${base}/auth/refresh`, {
    method: "POST",
    body: JSON.stringify({ refreshToken: tokens.refreshToken.token }),
  });
  expect(refreshed.status).toBe(200);
  expect((await sessions.list(user)).sessions).toMatchObject([{ lastIp: "127.0.0.1" }]);
  // "Everywhere", while a password is still being checked, holds for that sign-in too.
  isPasswordRight = async () => {
    await clock.advance(60_000);
    await sessions.revokeAll(user);
  };
  expect((await login()).status).toBe(401);
});

test("several Set-Cookie stay apart", async () => {
  const { http } = openApp({ cookies: true, origin: ORIGIN });
  const base = await listen(async (request, connection) => {
    const options = { transport: "cookie", connection } as const;
    const { body, headers } = await http.signIn(request, user, options);
    return Response.json(body, { headers });
  });
  const login = await fetch(base, { method: "POST", headers: { Origin: ORIGIN } });
  expect(login.headers.getSetCookie()).toHaveLength(3);
});

test("an event stream flows, and a client that goes away ends it", async () => {
  const { http, sessions } = openApp();
  const { tokens } = await sessions.start(user);
  const base = await listen(http.fetch);
  const leaving = new AbortController();
  const headers = { Authorization: `Bearer ${tokens.accessToken.token}` };
  const open = async (signal?: AbortSignal): Promise<Response> =>
    await fetch(`${base}/account/sessions/events`, { headers, ...(signal ? { signal } : {}) });
  const streams: Response[] = [];
  for (let i = 0; i < 20; i++) streams.push(await open(leaving.signal));
  expect((await open()).status).toBe(429);
  // Fetch ends the stream of an answer that was let go of, so they are held until here.
  expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
  leaving.abort();
  await expect.poll(async () => (await open()).status).toBe(200);
});

test("a handler that throws is a 500 without a detail, and the server lives on", async () => {
  const base = await listen(({ url }) => {
    if (url.endsWith("/throw")) throw new Error("a secret");
    return new Response("well");
  });
  const thrown = await fetch(`${base}/throw`);
  expect([thrown.status, await thrown.text()]).toEqual([
    500,
    '{"error":"Internal error","errorCode":"EC000"}',
  ]);
  expect(await (await fetch(base)).text()).toBe("well");
});

test("a SessionError is its answer, and only what became a 500 or a 503 is told of", async () => {
  const told: unknown[] = [];
  const kinds = {
    session_limit: [409, "EC009", null],
    credential_invalid: [401, "EC002", null],
    throttled: [429, "EC004", "7"],
    store_unavailable: [503, "EC005", "7"],
    internal: [500, "EC000", null],
  } as const;
  const isKind = (name: string): name is keyof typeof kinds => Object.hasOwn(kinds, name);
  const base = await listen(
    async ({ url }) => {
      const code = new URL(url).pathname.slice(1);
      throw isKind(code) ? new SessionError(code, { retryAfter: 7 }) : new Error(code);
    },
    { onError: (error) => told.push(error) },
  );
  for (const [code, expected] of Object.entries(kinds)) {
    const answer = await fetch(`${base}/${code}`);
    const { errorCode } = JSON.parse(await answer.text());
    expect([answer.status, errorCode, answer.headers.get("retry-after")]).toEqual(expected);
    expect((await fetch(`${base}/${code}`, { method: "HEAD" })).status).toBe(expected[0]);
  }
  const codes = told.map((error) => (error instanceof SessionError ? error.code : error));
  expect(codes).toEqual(["store_unavailable", "store_unavailable", "internal", "internal"]);
});

test("an aborted upload breaks nothing", async () => {
  const { http } = openApp();
  const base = await listen(http.fetch);
  const { port } = new URL(base);
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    'POST /auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ref',
  );
  socket.destroy();
  await once(socket, "close");
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
});
