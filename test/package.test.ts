import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

// What ships, as somebody gets it who installs it into an empty project: with none of the databases
// and frameworks that it can work with.

const root = join(import.meta.dirname, "..");
const bin = (path: string): string => join(root, "node_modules", path);
const TSC = bin("typescript/bin/tsc");

let folder: string;
let project: string;
let tarball: string;
let doors: string[];

interface Run {
  readonly code: number;
  readonly output: string;
}

function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
    const child = execFile(command, args, { cwd, env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

/** The element and its component are for pages, where there is a DOM. */
function forServers(door: string): boolean {
  return !/^rollcall\/(element|react)/.test(door);
}

/** Gives the project what its owner would have installed. */
async function link(...names: string[]): Promise<void> {
  for (const name of names) {
    const path = join(project, "node_modules", name);
    if (!existsSync(path)) await symlink(bin(name), path);
  }
}

const node = (...args: string[]): Promise<Run> => run(process.execPath, args, project);

async function must(running: Promise<Run>): Promise<string> {
  const { code, output } = await running;
  if (code !== 0) expect.unreachable(output);
  return output;
}

/** Builds and packs beside the project, since others run its own dist at the same time. */
async function pack(): Promise<string> {
  const staging = join(folder, "staging");
  await mkdir(staging);
  const names = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "src", "test", "docs"];
  for (const name of names) await cp(join(root, name), join(staging, name), { recursive: true });
  const config = join(root, "tsconfig.build.json");
  const out = join(staging, "dist");
  await must(run(process.execPath, [TSC, "-p", config, "--outDir", out], root));
  const bundle = join(root, "scripts/bundle-element.mjs");
  await must(run(process.execPath, [bundle, "--outdir", out], root));
  await must(run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], staging));
  const packed = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  return join(folder, packed ?? expect.unreachable("npm pack made no tarball"));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-package-"));
  project = join(folder, "project");
  tarball = await pack();
  await mkdir(project);
  const manifest = { name: "consumer", private: true, type: "module" };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await must(run("npm", ["install", ...quiet, tarball], project));
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  doors = Object.keys(exports)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => `rollcall${subpath.slice(1)}`);
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the package holds what it needs and nothing else", async () => {
  const installed = join(project, "node_modules/rollcall");
  const names = await readdir(installed);
  expect(names.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"]);
  const files = await readdir(join(installed, "dist"), { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    expect(file.name).toMatch(
      /\.(js|d\.ts)$|^custom-elements\.json$|^rollcall-sessions\.LICENSE\.txt$/,
    );
    expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain(root);
  }
});

test("it brings no database, no framework and no install script with it", async () => {
  const lock = JSON.parse(await readFile(join(project, "node_modules/.package-lock.json"), "utf8"));
  const packages: [string, { hasInstallScript?: boolean }][] = Object.entries(lock.packages);
  const names = packages.map(([path]) => path.replace(/^.*node_modules\//, ""));
  for (const name of ["pg", "libsql", "better-sqlite3", "express", "fastify", "vitest"]) {
    expect(names).not.toContain(name);
  }
  expect(packages.filter(([, entry]) => entry.hasInstallScript)).toEqual([]);
});

test("every door opens at run time", async () => {
  const program = `
    import { createRequire } from "node:module";
    const names = {};
    for (const door of ${JSON.stringify(doors.filter(forServers))}) names[door] = Object.keys(await import(door)).sort();
    names.version = createRequire(import.meta.url)("rollcall/package.json").version;
    console.log(JSON.stringify(names));`;
  await writeFile(join(project, "doors.mjs"), program);
  const names = JSON.parse(await must(node("doors.mjs")));
  expect(names).toMatchObject({
    rollcall: ["SessionError", "createKeyRing", "createSessions"],
    "rollcall/memory": expect.arrayContaining(["memory"]),
    "rollcall/postgres": expect.arrayContaining(["postgres"]),
    "rollcall/sqlite": expect.arrayContaining(["sqlite"]),
    "rollcall/http": expect.arrayContaining(["createHttp"]),
    "rollcall/node": expect.arrayContaining(["toNodeHandler"]),
    "rollcall/express": ["principalOf", "rollcall"],
    "rollcall/fastify": ["rollcall"],
    "rollcall/hono": ["rollcall"],
    "rollcall/client": ["ClientError", "createClient"],
    "rollcall/warlock": expect.arrayContaining(["authService", "createWarlockApp", "router"]),
    "rollcall/next": ["rollcall"],
    "rollcall/next/edge": ["verifyWithoutRevocation"],
    "rollcall/testing": expect.arrayContaining(["manualClock"]),
    version: "0.1.0",
  });
});

test("it signs in, checks and ends a session", async () => {
  const program = `
    import { createSessions } from "rollcall";
    import { memory } from "rollcall/memory";
    const sessions = createSessions({ store: memory(), secret: "0123456789abcdef0123456789abcdef" });
    const user = { type: "user", id: 1 };
    const { session, tokens } = await sessions.start(user);
    const token = tokens.accessToken.token;
    const before = (await sessions.verify(token)).sessionId === session.id;
    await sessions.revoke(user, session.id);
    const after = await sessions.verify(token).catch((error) => error.code);
    console.log(before, after);
    await sessions.close();`;
  await writeFile(join(project, "walk.mjs"), program);
  expect(await must(node("walk.mjs"))).toBe("true credential_invalid\n");
});

test.each([
  ["servers", forServers, ["es2023"]],
  ["pages", (door: string) => !forServers(door), ["es2023", "dom", "dom.iterable"]],
] as const)(
  "its types hold for strict %s that check libraries too",
  async (_, isWanted, lib) => {
    const wanted = ["rollcall", ...doors.filter((door) => door !== "rollcall").filter(isWanted)];
    const imports = wanted.map((door, number) => `import * as door${number} from "${door}";\n`);
    const used = wanted.map((_, number) => `door${number}`);
    const consumer = `
    ${imports.join("")}
    import { createSessions, type Session, SessionError, type SessionErrorCode } from "rollcall";
    import { memory } from "rollcall/memory";

    export const doors = [${used.join(", ")}];
    export const sessions = createSessions({ store: memory(), secret: "x".repeat(32), idleTimeout: "7d" });
    export async function names(): Promise<readonly (string | null)[]> {
      const page = await sessions.list({ type: "user", id: 1n });
      return page.sessions.map((session: Session): string | null => session.name);
    }
    export function codeOf(error: unknown): SessionErrorCode | undefined {
      return error instanceof SessionError ? error.code : undefined;
    }
    // @ts-expect-error a duration has a unit
    createSessions({ store: memory(), secret: "", idleTimeout: "7 fortnights" });
    // @ts-expect-error sessions are read-only
    sessions.close = undefined;`;
    await writeFile(join(project, "consumer.ts"), consumer);
    const compilerOptions = {
      target: "es2023",
      lib,
      module: "nodenext",
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    };
    await writeFile(
      join(project, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["consumer.ts"] }),
    );
    // Every TypeScript project for Node has these, and whoever uses an adapter has its framework.
    await mkdir(join(project, "node_modules/@types"), { recursive: true });
    await link("@types/node", "@types/react", "fastify", "lit");
    await must(node(TSC, "-p", "."));
  },
  60_000,
);

test("the component for React is the client's, and is rendered on a server", async () => {
  const file = join(project, "node_modules/rollcall/dist/react/index.js");
  expect(await readFile(file, "utf8")).toMatch(/^"use client";\n/);
  const program = `
    import { createElement } from "react";
    import { renderToString } from "react-dom/server";
    import { RollcallSessions } from "rollcall/react";
    console.log(renderToString(createElement(RollcallSessions, { id: "devices" })));`;
  await writeFile(join(project, "render.mjs"), program);
  await link("lit", "react", "react-dom");
  const rendered = await must(node("render.mjs"));
  expect(rendered).toBe('<rollcall-sessions id="devices"></rollcall-sessions>\n');
});

test("publint and attw have nothing to say", async () => {
  const installed = join(project, "node_modules/rollcall");
  const lint = bin("publint/src/cli.js");
  expect(await must(node(lint, installed, "--strict", "--pack", "false"))).toMatch(/All good/);
  const attw = bin("@arethetypeswrong/cli/dist/index.js");
  await must(node(attw, tarball, "--profile", "esm-only"));
});
