// A WebSocket that dies with the session it was opened with, in whatever process that is ended.
//
//   npm run build && node examples/websocket/server.mjs
//
// POST /login answers tokens; connect to ws://localhost:PORT with the subprotocols
// ["rollcall", accessToken]; DELETE /account/sessions/:id closes the socket with code 4401.
import { createServer } from "node:http";
import Database from "libsql";
import { createSessions } from "rollcall";
import { createHttp } from "rollcall/http";
import { toNodeHandler } from "rollcall/node";
import { sqlite } from "rollcall/sqlite";
import { WebSocketServer } from "ws";

const store = sqlite(new Database(process.env.DATABASE ?? ":memory:"));
await store.migrate();
const secret = process.env.ROLLCALL_SECRET ?? "only for this example: 32 bytes!";
const sessions = createSessions({ store, secret });
const http = createHttp({ sessions });

const server = createServer(
  toNodeHandler(async (request, connection) => {
    const isLogin = request.method === "POST" && new URL(request.url).pathname === "/login";
    if (!isLogin) return http.fetch(request, connection);
    // Your own proof of who it is goes here.
    const user = { type: "user", id: "ada" };
    const { body, headers } = await http.signIn(request, user, { connection });
    return Response.json(body, { headers });
  }),
);

// With cookies ask http.authenticate({ method: "GET", headers: new Headers(request.headers) },
// { readOnly: true }) instead: any site may open a socket here, and that checks the Origin.
// A browser cannot set headers on a WebSocket, but it can offer the token as a subprotocol.
const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "rollcall" });
server.on("upgrade", async (request, socket, head) => {
  const token = request.headers["sec-websocket-protocol"]?.split(",")[1]?.trim() ?? "";
  try {
    const principal = await sessions.verify(token);
    sockets.handleUpgrade(request, socket, head, (ws) => serve(ws, principal));
  } catch (error) {
    const status = error.status === 503 ? "503 Service Unavailable" : "401 Unauthorized";
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  }
});

function serve(ws, principal) {
  const end = () => ws.close(4401, "The session has ended");
  principal.signal.addEventListener("abort", end);
  // Whoever listens also stops listening, so that a closed socket holds nothing.
  ws.on("close", () => principal.signal.removeEventListener("abort", end));
  ws.on("message", (data) => ws.send(`${principal.user.id}: ${data}`));
  if (principal.signal.aborted) end();
}

server.listen(Number(process.env.PORT ?? 3001), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

process.once("SIGTERM", async () => {
  // Event streams and sockets never end themselves, so they go first.
  http.closeStreams();
  for (const ws of sockets.clients) ws.terminate();
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await sessions.close();
});
