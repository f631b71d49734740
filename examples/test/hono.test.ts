import { expect, test } from "vitest";
import { openExample } from "../../packages/rollcall/test/support/example.js";

test("hono: two devices, one of which signs the other out", async () => {
  const { url, stop } = await openExample("hono/server.mjs");
  const login = async (name: string, password: string): Promise<Response> =>
    await fetch(`${url}/auth/login`, { method: "POST", body: JSON.stringify({ name, password }) });
  const signIn = async (): Promise<{ Authorization: string }> => {
    const { tokens } = JSON.parse(await (await login("ada", "lovelace")).text());
    return { Authorization: `Bearer ${tokens.accessToken.token}` };
  };
  const device = async (): Promise<(path: string, method?: string) => Promise<unknown[]>> => {
    const headers = await signIn();
    return async (path, method = "GET") => {
      const answer = await fetch(`${url}${path}`, { method, headers });
      return [answer.status, await answer.json()];
    };
  };
  const [laptop, phone] = [await device(), await device()];
  expect(await phone("/me")).toEqual([200, { user: { type: "user", id: "ada" } }]);
  expect(await laptop("/account/sessions", "DELETE")).toMatchObject([200, { revoked: 1 }]);
  expect(await phone("/me")).toMatchObject([401, { errorCode: "EC002" }]);
  expect(await laptop("/account/sessions")).toMatchObject([200, { sessions: [{ current: true }] }]);
  expect((await login("ada", "wrong")).status).toBe(401);
  expect((await login("toString", "wrong")).status).toBe(401);
  expect((await fetch(`${url}/me`)).status).toBe(401);
  // A stream that is open does not keep the example from ending, and is ended, not cut.
  const stream = await fetch(`${url}/account/sessions/events`, { headers: await signIn() });
  await stop();
  expect(await stream.text()).toMatch(/^:\n\n/);
});
