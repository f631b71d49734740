import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.js";

/** A server that sends back what it gets, and a way to it through a proxy. */
async function echo(): Promise<{ port: number; proxy: TcpProxy }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const proxy = await startTcpProxy(address.port);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  return { port: address.port, proxy };
}

function open(port: number): { socket: Socket; got(): string; until(text: string): Promise<void> } {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
  });
  let got = "";
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    got += chunk.toString();
  });
  return {
    socket,
    got: () => got,
    async until(text) {
      while (got !== text) await once(socket, "data");
    },
  };
}

test("forwards, holds back without closing, and goes on with what it held back", async () => {
  const { port, proxy } = await echo();
  const through = open(proxy.port);
  const direct = open(port);
  through.socket.write("a");
  await through.until("a");

  proxy.stall();
  through.socket.write("b");
  const late = open(proxy.port);
  await once(late.socket, "connect");
  late.socket.write("c");
  // Time for many round trips, and none for these two.
  for (let sent = 1; sent <= 20; sent += 1) {
    direct.socket.write("x");
    await direct.until("x".repeat(sent));
  }
  expect([through.got(), late.got()]).toEqual(["a", ""]);
  expect([through.socket.closed, late.socket.closed]).toEqual([false, false]);

  proxy.resume();
  await through.until("ab");
  await late.until("c");
});

test("ends all connections when it cuts, and takes new ones", async () => {
  const { proxy } = await echo();
  const first = open(proxy.port);
  first.socket.write("a");
  await first.until("a");
  proxy.stall();
  first.socket.write("b");
  const closed = new Promise((resolve) => first.socket.once("close", resolve));
  proxy.cut();
  await closed;
  expect(first.got()).toBe("a");
  proxy.resume();
  const second = open(proxy.port);
  second.socket.write("c");
  await second.until("c");
});
