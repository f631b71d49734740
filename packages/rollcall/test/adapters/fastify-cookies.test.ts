import {
  type FastifyInstance,
  fastify,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerBase,
} from "fastify";
import { rollcall } from "rollcall/fastify";
import type { Http } from "rollcall/http";
import { expect, onTestFinished, test } from "vitest";
import { ORIGIN, openApp } from "../http/app.js";
import { listen } from "../support/listen.js";
import { user } from "../support/sessions.js";
import { createWire } from "./wire.js";

// Cookies that were refreshed in passing, whichever way Fastify lets an answer go out.

const PUBLIC = { "Cache-Control": "public, max-age=60", "Set-Cookie": "theme=dark" } as const;

async function openServer<
  Server extends RawServerBase,
  Request extends RawRequestDefaultExpression<Server>,
  Reply extends RawReplyDefaultExpression<Server>,
>(app: FastifyInstance<Server, Request, Reply>, http: Http): Promise<string> {
  await app.register(rollcall, { http });
  const guarded = { onRequest: app.rollcall.guard() };
  app.get("/returned", guarded, async () => new Response("hello", { headers: PUBLIC }));
  app.get("/hijacked", guarded, async (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, PUBLIC);
    reply.raw.end("hello");
  });
  app.get("/hooked", guarded, async (_request, reply) => {
    reply.header("Set-Cookie", "theme=dark");
    return "hello";
  });
  app.addHook("onSend", async (_request, reply) => {
    reply.header("Cache-Control", "public, max-age=60");
  });
  await app.ready();
  const { url, close } = await listen(app.server);
  onTestFinished(close);
  return url;
}

test.each([
  ["http/1.1", "/returned"],
  ["http/1.1", "/hijacked"],
  ["http/1.1", "/hooked"],
  ["h2", "/returned"],
  ["h2", "/hijacked"],
  ["h2", "/hooked"],
] as const)("over %s, %s: beside the application's, and never stored", async (protocol, path) => {
  const { http, signIn } = openApp({ cookies: true, origin: ORIGIN });
  const url = await (protocol === "h2"
    ? openServer(fastify({ http2: true }), http)
    : openServer(fastify(), http));
  const wire = createWire(url, protocol);
  onTestFinished(() => wire.close());
  const { accessToken, refreshToken } = await signIn(user);
  const asked = (cookie: string) => wire.send("GET", path, { headers: { Cookie: cookie } });
  const fresh = await asked(`__Host-rollcall-at=${accessToken.token}`);
  expect([fresh.text, fresh.headers.get("cache-control")]).toEqual(["hello", "public, max-age=60"]);
  const renewed = await asked(`__Host-rollcall-rt=${refreshToken.token}`);
  expect(renewed.text).toBe("hello");
  expect(renewed.headers.get("cache-control")).toBe("no-store");
  expect(renewed.headers.getSetCookie()).toEqual([
    "theme=dark",
    expect.stringMatching(/^__Host-rollcall-at=ey/),
    expect.stringMatching(/^__Host-rollcall-rt=rt1/),
  ]);
});
