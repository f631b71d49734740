import { exec } from "node:child_process";
import { once } from "node:events";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import {
  databases,
  dataFolder,
  PASSWORD,
  refresh,
  signIn,
  spawnDemo,
  startDemo,
} from "../../packages/rollcall/test/support/demo.js";

const ADA = "ada@example.com";
/** The default, in milliseconds (contract §5.3). */
const MAX_STALENESS = 2000;

for (const { name, available, environment } of databases) {
  describe.skipIf(!available)(`on ${name}`, () => {
    test("SIGKILL loses no acknowledged sign-in, refresh or revocation", async () => {
      const shared = await environment();
      let demo = await startDemo(shared);
      const restart = async (): Promise<void> => {
        await demo.kill();
        demo = await startDemo(shared);
      };
      let kept = await signIn(demo, ADA);
      await restart();
      expect((await demo.call("GET", "/me", { token: kept.access })).status).toBe(200);
      const before = kept;
      kept = await refresh(demo, kept);
      await restart();
      expect(await refresh(demo, before)).toMatchObject({ refresh: kept.refresh });
      const { json } = await demo.call("GET", "/account/sessions", { token: kept.access });
      await demo.call("DELETE", `/account/sessions/${json.sessions[0].id}`, { token: kept.access });
      await restart();
      expect((await demo.call("GET", "/me", { token: kept.access })).status).toBe(401);
    });

    test("a revocation in one process is refused in another", async () => {
      const shared = await environment();
      const [one, two] = [await startDemo(shared), await startDemo(shared)];
      const tokens = await signIn(one, ADA);
      expect((await two.call("GET", "/me", { token: tokens.access })).status).toBe(200);
      await one.call("POST", "/auth/logout", { token: tokens.access });
      const revoked = performance.now();
      let letIn = revoked;
      await expect
        .poll(async () => {
          const asked = performance.now();
          const { status } = await two.call("GET", "/me", { token: tokens.access });
          if (status === 200) letIn = asked;
          return status;
        })
        .toBe(401);
      expect(letIn - revoked).toBeLessThan(MAX_STALENESS);
    });

    test("processes that start together agree on the secret, the tables and the users", async () => {
      const shared = await environment();
      const folder = shared["ROLLCALL_DATA"] ?? "";
      const demos = await Promise.all(Array.from({ length: 4 }, () => startDemo(shared)));
      const ids = new Set<string>();
      for (const demo of demos) {
        const { access } = await signIn(demo, ADA);
        for (const other of demos) {
          const me = await other.call("GET", "/me", { token: access });
          expect(me.status).toBe(200);
          ids.add(me.json.user.id);
        }
      }
      expect(ids.size).toBe(1);
      expect((await stat(join(folder, "secret"))).mode & 0o777).toBe(0o600);
      expect((await readdir(folder)).filter((file) => file.startsWith("secret"))).toEqual([
        "secret",
      ]);
    });

    test("SIGTERM drains: open streams end, answers under way are given, and it exits with 0", async () => {
      const demo = await startDemo(await environment());
      const { access } = await signIn(demo, ADA);
      const stream = await fetch(`${demo.url}/account/sessions/events`, {
        headers: { Authorization: `Bearer ${access}` },
      });
      const underWay = signIn(demo, ADA).catch(() => null);
      const code = demo.stop();
      expect(await stream.text()).toContain(":\n\n");
      await underWay;
      expect(await code).toBe(0);
    });
  });
}

test("durations and limits come from the environment", async () => {
  const demo = await startDemo({
    ROLLCALL_DATA: await dataFolder(),
    ROLLCALL_ACCESS_TOKEN_TTL: "2s",
    ROLLCALL_RETRY_WINDOW: "500",
    ROLLCALL_MAX_PER_USER: "2",
    ROLLCALL_ON_LIMIT: "refuse",
  });
  const answers = [];
  for (let i = 0; i < 3; i++) {
    const body = { email: ADA, password: PASSWORD };
    answers.push(await demo.call("POST", "/auth/login", { body }));
  }
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 409]);
  expect(answers[0]?.json.tokens.accessToken.expiresIn).toBeLessThanOrEqual(2);
});

const mistakes: readonly [Record<string, string>, RegExp][] = [
  [{ PORT: "http" }, /PORT must be/],
  [{ DATABASE_URL: "mysql://localhost/x" }, /DATABASE_URL must be/],
  [{ ROLLCALL_ACCESS_TOKEN_TTL: "30dayz" }, /ROLLCALL_ACCESS_TOKEN_TTL must be/],
  [{ ROLLCALL_IDLE_TIMEOUT: "0d" }, /ROLLCALL_IDLE_TIMEOUT must be/],
  [{ ROLLCALL_RETRY_WINDOW: "1h" }, /ROLLCALL_RETRY_WINDOW must be/],
  [{ ROLLCALL_MAX_PER_USER: "0" }, /ROLLCALL_MAX_PER_USER must be/],
  [{ ROLLCALL_ON_LIMIT: "evict" }, /ROLLCALL_ON_LIMIT must be/],
  [{ ROLLCALL_SECRET: "short" }, /ROLLCALL_SECRET must have/],
  [{ ROLLCALL_ABSOLUTE_TIMEOUT: "-1" }, /ROLLCALL_ABSOLUTE_TIMEOUT must be/],
  [{ ROLLCALL_STORE_TIMEOUT: "soon" }, /ROLLCALL_STORE_TIMEOUT must be/],
  [{ ROLLCALL_MAX_STALENESS: "" }, /ROLLCALL_MAX_STALENESS must be/],
  [{ ROLLCALL_TOUCH_INTERVAL: "7d" }, /ROLLCALL_TOUCH_INTERVAL .* ROLLCALL_IDLE_TIMEOUT/],
  [{ ROLLCALL_VERIFY_CACHE_SIZE: "1e3" }, /ROLLCALL_VERIFY_CACHE_SIZE must be/],
  [{ ROLLCALL_ORIGIN: "https://app.example/path" }, /ROLLCALL_ORIGIN must be/],
  [{ DATABASE_URL: "postgres://u:hidden@127.0.0.1:1/x" }, /^[^@]*DATABASE_URL cannot be/],
];

for (const [environment, message] of mistakes) {
  test(`a mistake is named: ${JSON.stringify(environment)}`, async () => {
    const child = spawnDemo({ ROLLCALL_DATA: await dataFolder(), ...environment });
    const printed: string[] = [];
    child.stderr?.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
    const [code] = await once(child, "close");
    expect([code, printed.join("")]).toEqual([1, expect.stringMatching(message)]);
    expect(printed.join("")).not.toContain("    at ");
  });
}

test("a secret that was damaged is not replaced behind anybody's back", async () => {
  const folder = await dataFolder();
  await writeFile(join(folder, "secret"), "");
  const child = spawnDemo({ ROLLCALL_DATA: folder });
  const printed: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  const [code] = await once(child, "close");
  expect([code, printed.join("")]).toEqual([1, expect.stringContaining(join(folder, "secret"))]);
});

test("the curl line that it prints works, and so does the page", async () => {
  const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
  const [line] = /curl .*/.exec(demo.output()) ?? [];
  const { stdout } = await promisify(exec)(`${line} --silent`);
  expect(JSON.parse(stdout)).toMatchObject({ user: { email: ADA } });
  for (const text of [ADA, "grace@example.com", PASSWORD, demo.url]) {
    expect(demo.output()).toContain(text);
  }
  const page = await demo.call("GET", "/");
  expect(page.status).toBe(200);
  expect(page.json).not.toMatch(/\son\w+=|<style|<script(?![^>]* src=)/);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  for (const path of [
    "/app.js",
    "/app.css",
    "/icon.svg",
    "/admin",
    "/admin.js",
    "/rollcall-sessions.js",
  ]) {
    expect((await demo.call("GET", path)).status).toBe(200);
  }
});
