import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished } from "vitest";

const ROOT: string = join(import.meta.dirname, "../../..");
export const PASSWORD = "correct horse battery staple";

/** An empty folder somewhere else, with these files in it. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "rollcall-folder-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return path;
}

/** A copy of the example somewhere else, with nothing installed beside it. */
export async function exampleFolder(): Promise<string> {
  const path = await folderOf({});
  await cp(join(ROOT, "examples/warlock"), path, { recursive: true });
  return path;
}

/** Starts one of the scripts on a folder. */
export function run(
  script: string,
  path: string,
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const { PATH = "" } = process.env;
  return spawn(process.execPath, [join(import.meta.dirname, "../scripts", script), path], {
    env: { PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs one to its end. */
export async function outcome(
  script: string,
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = run(script, path, env);
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const [code] = await once(child, "close");
  return { code, stdout: stdout(), stderr: stderr() };
}

/** What a stream has said so far. */
function textOf(stream: ChildProcess["stdout"]): () => string {
  let text = "";
  stream?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

/** A folder that is being served. */
export interface Served {
  readonly url: string;
  stdout(): string;
  stderr(): string;
}

/** Serves a folder until the test is over, which ends it by SIGTERM. */
export async function serve(path: string): Promise<Served> {
  const child = run("serve.mjs", path);
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    expect((await ended)[0]).toBe(0);
  });
  if (child.stdout === null) throw new Error("no output");
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const failed = ended.then(() => Promise.reject(new Error(stderr())));
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), failed]);
  // A process that ends later than that ends as it should.
  failed.catch(() => {});
  return { url: String(line).replace(/^.* on /, ""), stdout, stderr };
}

/** What it answers. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a real server answers is checked by the test
  readonly json: any;
}

export async function call(
  url: string,
  method: string,
  path: string,
  given: { token?: string; body?: unknown } = {},
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      "Content-Type": "application/json",
      ...(given.token === undefined ? {} : { Authorization: `Bearer ${given.token}` }),
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === "" ? null : JSON.parse(text) };
}

export async function signIn(
  url: string,
  email: string,
): Promise<{ access: string; refresh: string }> {
  const { json } = await call(url, "POST", "/auth/login", { body: { email, password: PASSWORD } });
  return { access: json.tokens.accessToken.token, refresh: json.tokens.refreshToken.token };
}
