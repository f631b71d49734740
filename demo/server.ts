import { createServer, type Server } from "node:http";
import { toNodeHandler } from "rollcall/node";
import type { App } from "./app.js";
import type { Settings } from "./settings.js";

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Takes no more, and waits for the answers under way. */
  close(): Promise<void>;
}

/** Listens, then makes the application for the port it got. */
export async function listen(
  { port, host }: Pick<Settings, "port" | "host">,
  makeApp: (port: number) => Promise<App>,
): Promise<Listening> {
  let ready = (_app: App): void => {};
  const app = new Promise<App>((resolve) => {
    ready = resolve;
  });
  const handler = toNodeHandler(async (request, connection) =>
    (await app).fetch(request, connection),
  );
  const first = createServer(handler);
  const taken = await bind(first, port, host ?? "127.0.0.1");
  const servers = [first];
  if (host === null) {
    // "localhost" may mean either loopback address. Not every machine has the second.
    const second = createServer(handler);
    if (
      await bind(second, taken, "::1").then(
        () => true,
        () => false,
      )
    )
      servers.push(second);
  }
  ready(await makeApp(taken));
  return {
    port: taken,
    async close() {
      // Event streams never end themselves, so they go first.
      (await app).closeStreams();
      await Promise.all(servers.map(drain));
    },
  };
}

function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new Error(`cannot listen on ${host}: ${error.message}`)),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
