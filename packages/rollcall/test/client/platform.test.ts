import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { signIn } from "./signed-in.js";
import { openStage, type Stage } from "./stage.js";

const ROOT = new URL("../..", import.meta.url).pathname;

/** What a program with the client, `createClient`, and a sign-in's `answer` prints, in a process of its own. */
async function run(stage: Stage, program: string, lacks: readonly string[] = []): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-platform-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { outputFiles } = await build({
    entryPoints: ["src/client/index.ts"],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: "esm",
    // Out of the client's sight only: Node's own fetch cannot do without.
    define: Object.fromEntries(lacks.map((name) => [name, "undefined"])),
  });
  await writeFile(join(folder, "client.mjs"), outputFiles[0]?.contents ?? "");
  const answer = JSON.stringify(await signIn(stage));
  const head = `const url = ${JSON.stringify(stage.url)}, answer = ${answer};\n`;
  await writeFile(join(folder, "program.mjs"), head + program);
  return await new Promise((resolve) => {
    execFile(process.execPath, [join(folder, "program.mjs")], (error, stdout, stderr) =>
      resolve(stdout + stderr + (error?.signal ?? "")),
    );
  });
}

test("runs where a mobile app's JavaScript lacks parts of the platform", async () => {
  const stage = await openStage();
  const program = `
    delete URL.canParse;
    delete AbortSignal.timeout;
    delete AbortSignal.any;
    const { createClient } = await import("./client.mjs");
    const client = createClient({ baseUrl: url });
    answer.tokens.accessToken.expiresIn = 0;
    await client.signedIn(answer);
    const echoed = await client.fetch("/echo", { method: "POST", body: "hello" });
    console.log(echoed.status, await echoed.text());
    await new Promise((resolve) => client.onSessionsChanged(resolve));
    console.log((await client.sessions.list()).sessions.length);
    await client.signOut();
    client.close();
  `;
  const lacks = ["ReadableStream", "BroadcastChannel", "TextDecoderStream"];
  expect(await run(stage, program, lacks)).toBe("200 hello\n1\n");
  expect(stage.rotations()).toBe(1);
  expect(stage.requests("/account/sessions/events")).toBeGreaterThan(0);
});

test("a process ends by itself once its client is closed", async () => {
  const stage = await openStage();
  const program = `
    const { createClient } = await import("./client.mjs");
    const client = createClient({ baseUrl: url });
    await client.signedIn(answer);
    await new Promise((resolve) => client.onSessionsChanged(resolve));
    client.close();
    // Between two tries of a stream, too.
    const lost = createClient({ baseUrl: "http://127.0.0.1:1" });
    await lost.signedIn(answer);
    await new Promise((resolve) => lost.onSessionsChanged(resolve));
    lost.close();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout");
    console.log("timers", timers.length);
  `;
  expect(await run(stage, program)).toBe("timers 0\n");
});
