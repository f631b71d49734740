import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import {
  type Demo,
  dataFolder,
  PASSWORD,
  startDemo,
} from "../../packages/rollcall/test/support/demo.js";

const BODY = JSON.stringify({ email: "ada@example.com", password: PASSWORD });

/** A sign-in whose head the server has surely seen, and whose body is yet to come. */
async function begin(demo: Demo): Promise<ClientRequest> {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const begun = request(`${demo.url}/auth/login`, {
    agent,
    method: "POST",
    headers: {
      Expect: "100-continue",
      "Content-Type": "application/json",
      "Content-Length": BODY.length,
    },
  });
  begun.flushHeaders();
  await once(begun, "continue");
  return begun;
}

function accepts(demo: Demo): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(demo.url).port), "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

test("SIGTERM: no new connection, an answer to what is under way, then the end, with 0", async () => {
  const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
  const begun = await begin(demo);
  const code = demo.stop();
  await expect.poll(() => accepts(demo)).toBe(false);
  begun.end(BODY);
  const [answer]: IncomingMessage[] = await once(begun, "response");
  expect(answer?.statusCode).toBe(200);
  answer?.resume();
  // The client would keep the connection for a later request; the process doesn't wait for that.
  const answered = performance.now();
  expect(await code).toBe(0);
  expect(performance.now() - answered).toBeLessThan(4000);
});

test("a second signal ends it at once, with 1", async () => {
  const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
  const begun = await begin(demo);
  begun.on("error", () => {});
  const code = demo.stop();
  await expect.poll(() => accepts(demo)).toBe(false);
  demo.process.kill("SIGINT");
  expect(await code).toBe(1);
});
