import { expect, test } from "vitest";
import { openExample } from "../../packages/rollcall/test/support/example.js";

test.each(["express", "fastify"])("%s: sign in, ask, list, end", async (framework) => {
  const { url, stop } = await openExample(`${framework}/server.mjs`);
  const login = async (password: string): Promise<Response> =>
    await fetch(`${url}/auth/login`, {
      method: "POST",
      body: JSON.stringify({ name: "ada", password }),
      headers: { "Content-Type": "application/json" },
    });
  const signIn = async (): Promise<{ Authorization: string }> => {
    const { tokens } = JSON.parse(await (await login("lovelace")).text());
    return { Authorization: `Bearer ${tokens.accessToken.token}` };
  };
  const headers = await signIn();
  const ask = async (path: string, method = "GET"): Promise<unknown[]> => {
    const answer = await fetch(`${url}${path}`, { method, headers });
    return [answer.status, await answer.json()];
  };
  expect(await ask("/me")).toEqual([200, { user: { type: "user", id: "ada" } }]);
  expect(await ask("/account/sessions")).toMatchObject([200, { sessions: [{ current: true }] }]);
  await login("lovelace");
  expect(await ask("/account/sessions", "DELETE")).toMatchObject([200, { revoked: 1 }]);
  expect(await ask("/auth/logout", "POST")).toEqual([200, { message: "Logged out" }]);
  expect(await ask("/me")).toMatchObject([401, { errorCode: "EC002" }]);
  expect((await fetch(`${url}/me`)).status).toBe(401);
  expect((await login("wrong")).status).toBe(401);
  // A stream that is open does not keep the example from ending, and is ended, not cut.
  const stream = await fetch(`${url}/account/sessions/events`, { headers: await signIn() });
  await stop();
  expect(await stream.text()).toMatch(/^:\n\n/);
});
