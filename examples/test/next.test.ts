import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { cookieJar } from "../../packages/rollcall/test/http/app.js";
import { openExample } from "../../packages/rollcall/test/support/example.js";

// What Next makes of it on the way.
const made = fileURLToPath(new URL("../../examples/next/dist", import.meta.url));
afterAll(() => rm(made, { recursive: true, force: true }));

test("next: a form signs in, a page and a route know who it is, and it can be ended", async () => {
  const { url, stop } = await openExample("next/server.mjs");
  const jar = cookieJar();
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { Origin: url, ...jar.header(), ...init.headers };
    const answer = await fetch(`${url}${path}`, { ...init, headers });
    jar.take(answer);
    return answer;
  };
  const page = async (): Promise<string> => await (await ask("/")).text();
  /** Submits the page's form. */
  const submit = async (fields: Record<string, string> = {}): Promise<Response> => {
    const [, action = ""] = /name="(\$ACTION_ID_[0-9a-f]+)"/.exec(await page()) ?? [];
    const form = new FormData();
    for (const [name, value] of Object.entries({ [action]: "", ...fields })) form.set(name, value);
    return await ask("/", { method: "POST", body: form });
  };
  const signIn = (password: string): Promise<Response> => submit({ name: "ada", password });

  expect((await ask("/me")).status).toBe(401);
  expect((await signIn("wrong")).headers.getSetCookie()).toEqual([]);
  const signedIn = await signIn("lovelace");
  expect(signedIn.headers.getSetCookie()).toHaveLength(3);
  expect(await signedIn.text()).toContain("ada");
  expect(await page()).toMatch(/Signed in as (<!-- -->)?ada/);
  const me = await ask("/me");
  expect([me.status, await me.json()]).toEqual([200, { user: { type: "user", id: "ada" } }]);
  const listed = await ask("/account/sessions");
  expect(await listed.json()).toMatchObject({ sessions: [{ current: true }] });

  // Every page is looked at on the way to it, so that none lets the session lie idle; files are not.
  for (const [path, cookies] of [
    ["/elsewhere", 2],
    ["/deep/down", 2],
    ["/logo.svg", 0],
  ] as const) {
    jar.cookies.delete("__Host-rollcall-at");
    expect((await ask(path)).headers.getSetCookie(), path).toHaveLength(cookies);
  }

  const lost = new Map(jar.cookies);
  expect(await (await submit()).text()).toContain('name="password"');
  expect([...jar.cookies.keys()]).toEqual(["__Host-rollcall-device"]);
  expect(await page()).toContain('name="password"');
  const Cookie = [...lost].map(([name, value]) => `${name}=${value}`).join("; ");
  expect((await fetch(`${url}/me`, { headers: { Cookie } })).status).toBe(401);

  // A stream that is open does not keep the example from ending, and is ended, not cut.
  await signIn("lovelace");
  const stream = await ask("/account/sessions/events");
  await stop();
  expect(await stream.text()).toMatch(/^:\n\n/);
}, 120_000);
