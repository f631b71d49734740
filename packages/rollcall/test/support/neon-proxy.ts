import { createServer } from "node:http";
import { connect } from "node:net";
import { neonConfig } from "@neondatabase/serverless";
import { createWebSocketStream, WebSocket, WebSocketServer } from "ws";

/** Carries what Neon's driver sends over WebSockets to any Postgres. Returns the function that ends it. */
export async function proxyNeon(): Promise<() => Promise<void>> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, { url = "" }) => {
    const address = new URL(url, "http://proxy").searchParams.get("address") ?? "";
    const [host, port] = address.split(":");
    const tcp = connect(Number(port), host);
    const stream = createWebSocketStream(socket);
    stream.on("error", () => tcp.destroy());
    tcp.on("error", () => stream.destroy());
    stream.pipe(tcp).pipe(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");
  neonConfig.webSocketConstructor = WebSocket;
  neonConfig.wsProxy = (host, port) => `127.0.0.1:${address.port}/?address=${host}:${port}`;
  neonConfig.useSecureWebSocket = false;
  // Neon's own proxy takes a password at once; Postgres asks for it.
  neonConfig.pipelineConnect = false;
  neonConfig.pipelineTLS = false;
  return async () => {
    for (const socket of sockets.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
}
