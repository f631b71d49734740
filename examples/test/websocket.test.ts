import { once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { openExample } from "../../packages/rollcall/test/support/example.js";

async function login(url: string): Promise<{ access: string }> {
  const response = await fetch(`${url}/login`, { method: "POST" });
  const { tokens } = JSON.parse(await response.text());
  return { access: tokens.accessToken.token };
}

test("a socket lives with its session and dies with it", async () => {
  const { url, stop } = await openExample("websocket/server.mjs");
  const laptop = await login(url);
  const phone = await login(url);
  const socket = new WebSocket(url.replace("http", "ws"), ["rollcall", laptop.access]);
  await once(socket, "open");
  socket.send("hello");
  const [message] = await once(socket, "message");
  expect(String(message)).toBe("ada: hello");
  const closed = once(socket, "close");
  const headers = { Authorization: `Bearer ${phone.access}` };
  await fetch(`${url}/account/sessions`, { method: "DELETE", headers });
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([4401, "The session has ended"]);

  const again = new WebSocket(url.replace("http", "ws"), ["rollcall", laptop.access]);
  const [error] = await once(again, "error");
  expect(String(error)).toContain("401");

  // A stream that is open does not keep the example from ending, and is ended, not cut.
  const stream = await fetch(`${url}/account/sessions/events`, { headers });
  await stop();
  expect(await stream.text()).toMatch(/^:\n\n/);
});
