import { type FastifyInstance, fastify } from "fastify";
import { rollcall } from "rollcall/fastify";
import { expect, onTestFinished, test } from "vitest";
import { openApp } from "../http/app.js";
import { user } from "../support/sessions.js";

// Where the routes are when Fastify says it.

const opened = openApp();
const { http } = opened;

function open(): FastifyInstance {
  const app = fastify();
  onTestFinished(() => app.close());
  return app;
}

async function expectRoutes(app: FastifyInstance, prefix: string): Promise<void> {
  const { accessToken, refreshToken } = await opened.signIn(user);
  const headers = { Authorization: `Bearer ${accessToken.token}` };
  const ask = async (method: "GET" | "POST" | "DELETE", path: string, payload = {}) =>
    await app.inject({ method, url: `${prefix}${path}`, headers, payload });
  expect((await ask("GET", "/account/sessions?limit=1")).statusCode).toBe(200);
  expect((await ask("GET", "/healthz")).json()).toHaveProperty("feed");
  // An id that is missing by mistake ends nothing.
  expect((await ask("DELETE", "/account/sessions/")).statusCode).toBe(404);
  const payload = { refreshToken: refreshToken.token };
  expect((await ask("POST", "/auth/refresh", payload)).statusCode).toBe(200);
  expect((await app.inject({ url: "/account/sessions", headers })).statusCode).toBe(404);
}

test.each(["/api", "/api/", "/a/b", "/:tenant"])("the plugin's own prefix: %s", async (prefix) => {
  const app = open();
  await app.register(rollcall, { http, prefix });
  expect(app.rollcall.guard()).toBeTypeOf("function");
  await expectRoutes(app, prefix.replace(/\/$/, "").replace(":tenant", "acme"));
});

test.each(["/api", "/:tenant"])("the prefix of the scope that registers it: %s", async (prefix) => {
  const app = open();
  await app.register(
    async (scope) => {
      await scope.register(rollcall, { http });
      scope.setErrorHandler(scope.rollcall.errors);
      scope.get(
        "/me",
        { onRequest: scope.rollcall.guard() },
        async ({ principal }) => principal.user,
      );
    },
    { prefix },
  );
  const path = prefix.replace(":tenant", "acme");
  await expectRoutes(app, path);
  expect((await app.inject(`${path}/me`)).json()).toMatchObject({ errorCode: "EC001" });
});

test("both", async () => {
  const app = open();
  await app.register(async (scope) => await scope.register(rollcall, { http, prefix: "/v1" }), {
    prefix: "/api",
  });
  await expectRoutes(app, "/api/v1");
});

test("a route that the application has too is an error of the start, and can be left out", async () => {
  const app = fastify();
  app.get("/healthz", () => "mine");
  app.register(rollcall, { http });
  await expect(app.ready()).rejects.toMatchObject({ code: "FST_ERR_DUPLICATED_ROUTE" });
  const other = open();
  other.get("/healthz", () => "mine");
  await other.register(rollcall, { http: openApp({ paths: { service: false } }).http });
  expect((await other.inject("/healthz")).body).toBe("mine");
});
