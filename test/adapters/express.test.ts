import { createServer, IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { createGzip } from "node:zlib";
import express, { type RequestHandler } from "express";
import onHeaders from "on-headers";
import { expect, onTestFinished, test } from "vitest";
import { principalOf, rollcall } from "../../src/adapters/express.js";
import { openApp } from "../http/app.js";
import { listen } from "../support/listen.js";
import { user } from "../support/sessions.js";
import { testContract } from "./contract.js";
import { expressHarnesses } from "./express-harness.js";

for (const harness of expressHarnesses) testContract(harness);

test("who is on a route without a guard is a mistake that is named", () => {
  const request = new IncomingMessage(new Socket());
  expect(() => principalOf(request)).toThrow(
    new TypeError("nobody has been proven here: put auth.guard() before this handler"),
  );
});

/** As middlewares that compress do it: what they may transform waits until there is enough of it. */
const compress: RequestHandler = (_request, response, next) => {
  const write = response.write.bind(response);
  onHeaders(response, () => {
    if (/\bno-transform\b/.test(String(response.getHeader("Cache-Control")))) return;
    const gzip = createGzip().on("data", write);
    response.setHeader("Content-Encoding", "gzip");
    response.write = (chunk: unknown) => gzip.write(chunk);
  });
  next();
};

test("an event stream is not held back by a middleware that compresses", async () => {
  const { http, signIn } = openApp();
  const app = express();
  app.use(compress, rollcall(http).routes());
  const server = await listen(createServer(app));
  onTestFinished(() => server.close());
  const { accessToken } = await signIn(user);
  const headers = { Authorization: `Bearer ${accessToken.token}` };
  const stream = await fetch(`${server.url}/account/sessions/events`, { headers });
  const first = await stream.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toBe(":\n\n");
});
