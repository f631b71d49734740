import { createServer, type Server } from "node:http";
import { toNodeHandler } from "rollcall/node";
import type { App } from "./app.js";
import type { Settings } from "./settings.js";

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Stops accepting requests, and waits for open ones. */
  close(): Promise<void>;
}

/** How long open requests may take to finish, in milliseconds. */
const DRAIN_TIMEOUT = 10_000;

/** How often to look for a port that is free on both loopback addresses. */
const TRIES = 5;

/** Listens, then creates the application for that port. */
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
  const make = (): Server => {
    const server = createServer(handler);
    server.on("request", (_incoming, outgoing) => {
      // Keep-alive connections would keep the process from exiting.
      outgoing.once("close", () => {
        if (!server.listening) setImmediate(() => server.closeIdleConnections());
      });
    });
    return server;
  };
  const servers = await (host === null ? bindLoopback(make, port) : bindOne(make, port, host));
  const taken = portOf(servers[0]);
  ready(await makeApp(taken));
  return {
    port: taken,
    async close() {
      // Event streams never end by themselves, so close them first.
      (await app).closeStreams();
      await Promise.all(servers.map(drain));
    },
  };
}

type Servers = readonly [Server, ...Server[]];

async function bindOne(make: () => Server, port: number, host: string): Promise<Servers> {
  const server = make();
  await bind(server, port, host);
  return [server];
}

/** "localhost" may resolve to either loopback address, so listen on both. */
async function bindLoopback(make: () => Server, port: number): Promise<Servers> {
  for (let tried = 1; ; tried += 1) {
    const [first, second] = [make(), make()];
    await bind(first, port, "127.0.0.1");
    try {
      await bind(second, portOf(first), "::1");
      return [first, second];
    } catch (error) {
      const { cause } = error instanceof Error ? error : {};
      const isTaken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
      // Not every machine has IPv6.
      if (!isTaken) return [first];
      first.close();
      if (port !== 0 || tried === TRIES) throw error;
    }
  }
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `cannot listen on ${host}: ${cause.message}; set PORT or HOST to another`;
      reject(new Error(message, { cause }));
    });
    server.listen(port, host, () => resolve());
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("not listening");
  return address.port;
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
  });
}
