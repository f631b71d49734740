import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { createDatabase, postgresAvailable } from "./postgres.js";

const MAIN = fileURLToPath(new URL("../../../../demo/dist/main.js", import.meta.url));

/** A running demo: the built one, as a process of its own. */
export interface Demo {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has printed. */
  output(): string;
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  call(method: string, path: string, options?: DemoCall): Promise<DemoAnswer>;
}

export interface DemoCall {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface DemoAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a real server answers is checked by the test
  readonly json: any;
}

export const PASSWORD = "correct horse battery staple";

/** A folder for one test. */
export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-demo-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Many sign-ins at once wait for each other: how long, on a busy machine, is not what is tested. */
const PATIENT = { ROLLCALL_STORE_TIMEOUT: "20s" };

/** The environments that make the demo run on each database it can; fresh ones at each call. */
export const databases: readonly {
  readonly name: string;
  readonly available: boolean;
  environment(): Promise<Record<string, string>>;
}[] = [
  {
    name: "SQLite",
    available: true,
    environment: async () => ({ ...PATIENT, ROLLCALL_DATA: await dataFolder() }),
  },
  {
    name: "Postgres",
    available: postgresAvailable,
    async environment() {
      const database = await createDatabase();
      onTestFinished(() => database.drop());
      return { ...PATIENT, ROLLCALL_DATA: await dataFolder(), DATABASE_URL: database.url };
    },
  },
];

/** What else a demo may be started with. */
export interface DemoOptions {
  /** Another build's main file. */
  readonly main?: string;
  /** A module that is loaded first. */
  readonly preload?: string;
}

/** Starts the process and leaves waiting to the caller. */
export function spawnDemo(
  environment: Record<string, string>,
  { main = MAIN, preload }: DemoOptions = {},
): ChildProcess {
  if (!existsSync(main)) throw new Error("the demo is not built: run npm run build");
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(
    process.execPath,
    [...(preload === undefined ? [] : ["--import", preload]), main],
    {
      env: { PATH, HOME, PORT: "0", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

/** Starts a demo and waits until it says that it listens. */
export async function startDemo(
  environment: Record<string, string>,
  options: DemoOptions = {},
): Promise<Demo> {
  const child = spawnDemo(environment, options);
  const printed: string[] = [];
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("no output");
  stderr.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(stdout).on("line", (line) => {
      printed.push(`${line}\n`);
      const [, found] = /^Rollcall demo on (\S+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${printed.join("")}`)));
  });
  const ended = once(child, "exit");
  return {
    url,
    process: child,
    output: () => printed.join(""),
    async stop() {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    call: (method, path, options) => call(url, method, path, options),
  };
}

async function call(
  url: string,
  method: string,
  path: string,
  { token, body, headers }: DemoCall = {},
): Promise<DemoAnswer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    json: isJson ? JSON.parse(text) : text,
  };
}

/** The tokens of a sign-in or a refresh. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** Signs in as a device of its own. */
export async function signIn(demo: Demo, email: string, userAgent = "test"): Promise<Tokens> {
  const answer = await demo.call("POST", "/auth/login", {
    body: { email, password: PASSWORD },
    headers: { "User-Agent": userAgent },
  });
  if (answer.status !== 200) throw new Error(`sign-in was answered ${answer.status}`);
  return tokensOf(answer);
}

export async function refresh(demo: Demo, { refresh: refreshToken }: Tokens): Promise<Tokens> {
  const answer = await demo.call("POST", "/auth/refresh", { body: { refreshToken } });
  if (answer.status !== 200) throw new Error(`refresh was answered ${answer.status}`);
  return tokensOf(answer);
}

function tokensOf({ json }: DemoAnswer): Tokens {
  return { access: json.tokens.accessToken.token, refresh: json.tokens.refreshToken.token };
}
