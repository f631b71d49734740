// A demo to look at, and the people and devices that use it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const ROOT = resolve(import.meta.dirname, "../..");
const PASSWORD = "correct horse battery staple";

export const HEDY = "hedy@example.com";
export const ADA = "ada@example.com";
export const STAFF = "margaret@example.com";

export const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
export const ANDROID =
  "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36";
export const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

/** A demo of its own, on a free port, with its data in a folder that goes with it. */
export async function startDemo() {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-screenshots-"));
  const child = spawn(process.execPath, [join(ROOT, "demo/dist/main.js")], {
    env: { PATH: process.env.PATH, PORT: "0", ROLLCALL_DATA: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^Rollcall demo on (\S+)/.exec(line) ?? [];
    if (url !== undefined) return { url, stop };
  }
  await stop();
  throw new Error("the demo did not start");
}

/** Another device, which has signed in. */
export async function signInElsewhere(url, email, userAgent) {
  const call = async (method, path, { token, body } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        "User-Agent": userAgent,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return await response.json();
  };
  const credentials = { email, password: PASSWORD, transport: "bearer" };
  const { tokens } = await call("POST", "/auth/login", { body: credentials });
  const { token } = tokens.accessToken;
  const list = async () => (await call("GET", "/account/sessions", { token })).sessions;
  return {
    list,
    /** Names itself. */
    async rename(name) {
      const own = (await list()).find(({ current }) => current);
      await call("PATCH", `/account/sessions/${own.id}`, { token, body: { name } });
    },
    revoke: (id) => call("DELETE", `/account/sessions/${id}`, { token }),
  };
}

/** Signs in on the page, and leaves before its list is there. */
export async function signIn(page, email) {
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("form button");
  await page.locator("rollcall-sessions").waitFor();
}

/** Signs in, and sees the list. */
export async function signInAndSee(page, email = HEDY) {
  await signIn(page, email);
  await page.locator("rollcall-sessions li").first().waitFor();
}
