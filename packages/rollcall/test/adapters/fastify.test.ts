import { type FastifyInstance, type FastifyServerOptions, fastify } from "fastify";
import { rollcall } from "rollcall/fastify";
import { expect, onTestFinished, test } from "vitest";
import { openApp } from "../http/app.js";
import { testContract } from "./contract.js";
import { fastifyHarness } from "./fastify-harness.js";

testContract(fastifyHarness);

async function start(options: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const { http } = openApp();
  const app = fastify(options);
  onTestFinished(() => app.close());
  await app.register(rollcall, { http });
  app.setErrorHandler(app.rollcall.errors);
  return app;
}

test("its parsers are for its own routes, and the application's for its own", async () => {
  const app = await start();
  app.addContentTypeParser("text/csv", { parseAs: "string" }, (_request, body, done) =>
    done(null, String(body).split(",")),
  );
  app.post("/csv", async ({ body }) => body);
  const csv = await app.inject({
    method: "POST",
    url: "/csv",
    headers: { "content-type": "text/csv" },
    payload: "a,b",
  });
  expect(csv.json()).toEqual(["a", "b"]);
  const xml = { "content-type": "text/xml" };
  expect((await app.inject({ method: "POST", url: "/csv", headers: xml })).statusCode).toBe(415);
});

test("who is on a route without a guard is a mistake that is named", async () => {
  const app = await start();
  let thrown: unknown;
  app.get("/open", async (request) => {
    try {
      return request.principal;
    } catch (error) {
      thrown = error;
      return null;
    }
  });
  await app.inject("/open");
  expect(thrown).toBeInstanceOf(TypeError);
  expect(String(thrown)).toContain("app.rollcall.guard()");
});

test("the scope that registers it has it, and those inside; the others have not", async () => {
  const { http } = openApp();
  const root = fastify();
  onTestFinished(() => root.close());
  await root.register(async (scope) => {
    await scope.register(rollcall, { http });
    await scope.register(async (inner) => {
      expect(inner.rollcall).toBe(scope.rollcall);
    });
  });
  expect(root.hasDecorator("rollcall")).toBe(false);
});

test.each([{ ignoreTrailingSlash: true }, { routerOptions: { ignoreTrailingSlash: true } }])(
  "an application that ignores slashes at the end: %o",
  async (options) => {
    const app = await start(options);
    for (const url of ["/account/sessions", "/account/sessions/"]) {
      expect((await app.inject(url)).json()).toMatchObject({ errorCode: "EC001" });
    }
  },
);

test("an error of a hook of the application's is the application's, also on Rollcall's routes", async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  app.addHook("onRequest", async () => {
    throw Object.assign(new Error("slow down"), { statusCode: 429 });
  });
  app.setErrorHandler((_error, _request, reply) => reply.code(418).send("the application's"));
  await app.register(rollcall, { http: openApp().http });
  const answer = await app.inject("/account/sessions");
  expect([answer.statusCode, answer.body]).toEqual([418, "the application's"]);
});

test("where nobody answers a refusal, Fastify itself sends the headers that belong to it", async () => {
  const { http } = openApp();
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(rollcall, { http });
  app.get("/me", { onRequest: app.rollcall.guard() }, async () => ({}));
  const refused = await app.inject("/me");
  expect(refused.statusCode).toBe(401);
  expect(refused.headers).toMatchObject({
    "www-authenticate": "Bearer",
    "cache-control": "no-store",
  });
});
