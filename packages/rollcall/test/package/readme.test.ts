import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { installed, installPackage, must } from "../support/installed-package.js";
import { freePort } from "./free-port.js";

// README's program, word for word, in a project as its commands make it, and the calls shown below it.

const readme = await readFile(join(import.meta.dirname, "../../../../README.md"), "utf8");
const [, section = ""] = readme.split("## A whole program\n");
const blocks = (language: string): string[] =>
  [...(section.split("\n## ")[0] ?? "").matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code = ""]) => code);

test("README's program compiles, runs, and answers as its calls show", async () => {
  const [, run = "", calls = ""] = blocks("sh");
  const [program = ""] = blocks("ts");
  // What `npm init -y` says of modules: a CommonJS package.
  const project = await installPackage({ type: "commonjs" });
  onTestFinished(project.remove);
  await project.link("libsql", "typescript", "@types/node");
  await project.write("server.mts", program);
  const [, flags = ""] = /^npx tsc (.+) && node server\.mjs$/m.exec(run) ?? [];
  await must(project.node(installed("typescript/bin/tsc"), ...flags.split(" ")));

  const port = await freePort();
  const secret = "a secret of at least thirty-two bytes";
  const server = spawn(process.execPath, ["server.mjs"], {
    cwd: project.path,
    env: { PATH: process.env["PATH"], PORT: String(port), ROLLCALL_SECRET: secret },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = once(server, "exit");
  onTestFinished(async () => {
    server.kill();
    await ended;
  });
  const url = `http://localhost:${port}`;
  await expect
    .poll(() =>
      fetch(url).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(404);

  const signIn = (password: string): Promise<Response> =>
    fetch(`${url}/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ name: "ada", password }),
      headers: { "User-Agent": "curl/8.5.0" },
    });
  expect((await signIn("wrong")).status).toBe(401);
  expect((await fetch(`${url}/me`)).status).toBe(401);
  expect((await signIn("lovelace")).status).toBe(200);

  const output = await must(project.run("sh", "-ec", calls.replaceAll("localhost:3000", url)));
  const answers = output.split(/(?<=\})\n?(?=\{)/).map((text): unknown => JSON.parse(text));
  expect(answers).toMatchObject([
    { tokens: { accessToken: { token: expect.any(String) } } },
    { user: { type: "user", id: "ada" } },
    { sessions: [{ current: true }, { current: false }] },
    { message: "Other sessions revoked", revoked: 1 },
    { message: "Logged out" },
  ]);
  const here = expect.stringMatching(/^(127\.0\.0\.1|::1)$/);
  expect(answers[2]).toMatchObject({
    sessions: [
      { lastIp: here, device: { type: "cli" }, deviceInfo: { ip: here } },
      { lastIp: here },
    ],
  });
}, 120_000);
