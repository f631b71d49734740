import { createServer } from "node:http";
import express from "express";
import { createKeyRing } from "rollcall";
import { principalOf, rollcall } from "rollcall/express";
import { createHttp, insecureDevelopmentCookies } from "rollcall/http";
import { memory } from "rollcall/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { openApp } from "../http/app.js";
import { listen } from "../support/listen.js";
import { open, secret, user } from "../support/sessions.js";

// A bundler, a linked folder or two versions of a dependency give a process the package twice, and what
// one copy has made is handed to the other.

async function secondCopy<T>(load: () => Promise<T>): Promise<T> {
  vi.resetModules();
  return await load();
}

test("a key ring and a store of one serve the other", async () => {
  const other = await secondCopy(() => import("../../src/core/create-sessions.js"));
  const { memory: otherMemory } = await import("../../src/stores/memory/index.js");
  expect(otherMemory).not.toBe(memory);
  for (const store of [memory(), otherMemory()]) {
    const sessions = other.createSessions({ store, keys: createKeyRing([{ id: "k1", secret }]) });
    onTestFinished(() => sessions.close());
    const { tokens } = await sessions.start(user);
    expect((await sessions.verify(tokens.accessToken.token)).user).toEqual(user);
  }
});

test("cookies for development are those that were asked for", async () => {
  const other = await secondCopy(() => import("../../src/http/options.js"));
  const { sessions } = open();
  const http = createHttp({
    sessions,
    origin: "http://localhost:3000",
    cookies: { [other.insecureDevelopmentCookies]: true },
  });
  expect(other.insecureDevelopmentCookies).toBe(insecureDevelopmentCookies);
  const headers = { Origin: "http://localhost:3000" };
  const login = new Request("http://localhost:3000/login", { method: "POST", headers });
  const signedIn = await http.signIn(login, user, { transport: "cookie" });
  expect(signedIn.headers.getSetCookie().join()).not.toContain("__Host-");
});

test("Express: whom the guard of one has proven, the other knows", async () => {
  const other = await secondCopy(() => import("../../src/adapters/express.js"));
  expect(other.principalOf).not.toBe(principalOf);
  const { http, sessions } = openApp();
  const app = express();
  app.get("/me", rollcall(http).guard(), (request, response) => {
    response.json([other.principalOf(request).user, principalOf(request).user]);
  });
  const server = await listen(createServer(app));
  onTestFinished(server.close);
  const { tokens } = await sessions.start(user);
  const headers = { Authorization: `Bearer ${tokens.accessToken.token}` };
  const answer = await fetch(`${server.url}/me`, { headers });
  expect(await answer.json()).toEqual([user, user]);
});

test("the address that the bridge of one has seen, the other lists", async () => {
  const other = await secondCopy(() => import("../../src/adapters/node.js"));
  const { http, sessions } = openApp();
  const server = await listen(
    createServer(
      other.toNodeHandler(async (request) => {
        const { body, headers } = await http.signIn(request, user);
        return Response.json(body, { headers });
      }),
    ),
  );
  onTestFinished(server.close);
  await fetch(server.url, { method: "POST" });
  expect((await sessions.list(user)).sessions).toMatchObject([{ lastIp: "127.0.0.1" }]);
});
