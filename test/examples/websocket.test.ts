import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";

const SERVER = fileURLToPath(new URL("../../examples/websocket/server.mjs", import.meta.url));

async function start(): Promise<string> {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });
  const [line] = await once(createInterface(child.stdout), "line");
  return String(line);
}

async function login(url: string): Promise<{ access: string }> {
  const response = await fetch(`${url}/login`, { method: "POST" });
  const { tokens } = JSON.parse(await response.text());
  return { access: tokens.accessToken.token };
}

test("a socket lives with its session and dies with it", async () => {
  const url = await start();
  const laptop = await login(url);
  const phone = await login(url);
  const socket = new WebSocket(url.replace("http", "ws"), ["rollcall", laptop.access]);
  await once(socket, "open");
  socket.send("hello");
  const [message] = await once(socket, "message");
  expect(String(message)).toBe("ada: hello");

  const closed = once(socket, "close");
  await fetch(`${url}/account/sessions`, {
    method: "DELETE",
    headers: { Authorization: `Bearer ${phone.access}` },
  });
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([4401, "The session has ended"]);

  const again = new WebSocket(url.replace("http", "ws"), ["rollcall", laptop.access]);
  const [error] = await once(again, "error");
  expect(String(error)).toContain("401");
});
