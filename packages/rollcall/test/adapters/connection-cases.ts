import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "vitest";
import type { ContractCase } from "./contract-case.js";
import type { Stage } from "./stage.js";

// Connections: kept, shared, and cut.

/** Sends bytes and goes away without waiting for an answer. */
async function sendAndLeave({ url }: Stage, bytes: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  await new Promise((resolve) => socket.write(bytes, resolve));
  socket.destroy();
  await once(socket, "close");
}

export const connectionCases: readonly ContractCase[] = [
  {
    name: "many requests on one connection",
    async run({ device, wire }) {
      const laptop = await device();
      const ports = new Set<number | undefined>();
      for (let i = 0; i < 10; i++) {
        for (const [method, path, status] of [
          ["GET", "/account/sessions", 200],
          ["GET", "/guarded", 200],
          ["PATCH", "/account/sessions/x", 400],
          ["GET", "/admins", 403],
          ["POST", "/echo", 200],
        ] as const) {
          const body = method === "POST" || method === "PATCH" ? { i } : undefined;
          const answer = await laptop.send(method, path, { body });
          expect(answer.status, path).toBe(status);
          ports.add(answer.localPort);
        }
        ports.add((await wire.send("OPTIONS", "/auth/refresh")).localPort);
      }
      expect(ports.size).toBe(1);
    },
  },

  {
    name: "many requests at once, a stream among them",
    async run({ device }) {
      const laptop = await device();
      const stream = await laptop.open("GET", "/account/sessions/events");
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          laptop.send("GET", i % 2 === 0 ? "/account/sessions" : "/guarded"),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      stream.abort();
    },
  },

  {
    name: "a client that goes away ends its stream",
    async run({ device }) {
      const laptop = await device();
      const path = "/account/sessions/events";
      const streams = [];
      for (let i = 0; i < 20; i++) streams.push(await laptop.open("GET", path));
      expect((await laptop.send("GET", path)).status).toBe(429);
      for (const stream of streams) stream.abort();
      await expect
        .poll(async () => {
          const { status, abort } = await laptop.open("GET", path);
          abort();
          return status;
        })
        .toBe(200);
    },
  },

  {
    name: "an upload cut short harms nobody",
    protocol: "http/1.1",
    async run(stage) {
      const { device, wire, failures } = stage;
      const laptop = await device();
      const head = (path: string): string =>
        `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${laptop.tokens().access}\r\n` +
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n";
      const cutShort = async (path: string): Promise<void> => {
        await sendAndLeave(stage, `${head(path)}{"ref`);
        await sendAndLeave(stage, head(path));
      };
      for (const path of ["/auth/refresh", "/auth/logout"]) await cutShort(path);
      expect((await wire.send("GET", "/open")).json).toEqual({ open: true });
      expect(failures).toEqual([]);
      await cutShort("/echo");
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "a client that does not wait for its answer harms nobody",
    async run({ device, failures, wire }) {
      const laptop = await device();
      for (let i = 0; i < 10; i++) {
        for (const path of ["/account/sessions", "/guarded", "/account/sessions/events"]) {
          (await laptop.open("GET", path)).abort();
        }
      }
      expect((await wire.send("GET", "/open")).json).toEqual({ open: true });
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
      expect(failures).toEqual([]);
    },
  },
];
