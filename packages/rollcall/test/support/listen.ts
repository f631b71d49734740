import { once } from "node:events";
import type { Server } from "node:http";
import type { Http2Server } from "node:http2";
import type { Socket } from "node:net";

/** A server that listens on a free port of 127.0.0.1. */
export interface RunningApp {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** Listens on a free port; `close` does not wait for connections that are still open. */
export async function listen(server: Server | Http2Server): Promise<RunningApp> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
