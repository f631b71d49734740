import { once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { startExample } from "../support/example.js";

async function login(url: string): Promise<{ access: string }> {
  const response = await fetch(`${url}/login`, { method: "POST" });
  const { tokens } = JSON.parse(await response.text());
  return { access: tokens.accessToken.token };
}

test("a socket lives with its session and dies with it", async () => {
  const url = await startExample("websocket/server.mjs");
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
