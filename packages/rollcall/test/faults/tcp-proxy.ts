import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A proxy that can stop forwarding without closing: what a broken network looks like. */
export interface TcpProxy {
  readonly port: number;
  /** Forwards nothing from now on, and closes nothing. New connections are taken, and stay silent. */
  stall(): void;
  /** Forwards again, beginning with what was held back. */
  resume(): void;
  /** Ends all connections at once; what was held back is lost. */
  cut(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let stalled = false;

  const forward = (from: Socket, to: Socket): void => {
    sockets.add(from);
    if (stalled) from.pause();
    from.on("data", (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => {
      if (!stalled) from.resume();
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      sockets.delete(from);
      to.destroySoon();
    });
  };

  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    forward(client, target);
    forward(target, client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const cut = (): void => {
    for (const socket of [...sockets]) socket.destroy();
  };
  return {
    port: address.port,
    stall() {
      stalled = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      stalled = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    async close() {
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}
