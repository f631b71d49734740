import { fileURLToPath } from "node:url";
import { type Demo, type DemoOptions, startDemo } from "../support/demo.js";
import type { Entry } from "./log.js";

const SHIFT_CLOCK = fileURLToPath(new URL("shift-clock.mjs", import.meta.url));
/** A server that has not answered by then has not answered. Longer than any server is frozen. */
const PATIENCE = 12_000;
/** Somebody else may hold the port for a moment while its server is down. */
const TRIES = 20;

/** One of the servers, which keeps its port when it is started anew. */
export interface Server {
  readonly index: number;
  readonly demo: () => Demo;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** A request; status 0 when there was no answer. */
  ask(method: string, path: string, options?: RequestOptions): Promise<Answer>;
}

export interface RequestOptions {
  readonly token?: string;
  readonly body?: object;
}

export interface Answer extends Pick<Entry, "sent" | "done" | "status"> {
  readonly text: string;
}

export interface ServerOptions {
  readonly environment: Record<string, string>;
  /** Milliseconds by which its clock is wrong. */
  readonly shift?: number;
  readonly options?: DemoOptions;
}

export async function startServer(index: number, server: ServerOptions): Promise<Server> {
  const { environment, shift = 0, options = {} } = server;
  const shifted = shift === 0 ? {} : { preload: SHIFT_CLOCK };
  const run = (port: string): Promise<Demo> =>
    startDemo(
      { ...environment, PORT: port, SHIFT_CLOCK: String(shift) },
      { ...options, ...shifted },
    );
  let demo = await run("0");
  const { port } = new URL(demo.url);
  return {
    index,
    demo: () => demo,
    kill: () => demo.kill(),
    async start() {
      for (let tried = 1; ; tried += 1) {
        try {
          demo = await run(port);
          return;
        } catch (error) {
          if (tried === TRIES) throw error;
        }
      }
    },
    async ask(method, path, { token, body } = {}) {
      const sent = performance.now();
      try {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, {
          method,
          signal: AbortSignal.timeout(PATIENCE),
          headers: {
            "Content-Type": "application/json",
            ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return { sent, done: performance.now(), status: response.status, text };
      } catch {
        return { sent, done: performance.now(), status: 0, text: "" };
      }
    },
  };
}
