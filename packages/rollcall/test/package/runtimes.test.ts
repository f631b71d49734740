import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPackage, must, type Project } from "../support/installed-package.js";
import { findProgram } from "../support/programs.js";

// What ships, on each runtime that people run servers on. See `.ci/run` for where CI has Bun and Deno from.

const PROGRAM = "on-any-runtime.mjs";

interface Runtime {
  readonly name: string;
  readonly path: string | null;
  readonly args: readonly string[];
  /** The embedded database that it brings is one that the store takes. */
  readonly hasSqlite: boolean;
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

const runtimes: readonly Runtime[] = [
  {
    name: "Node",
    path: process.execPath,
    args: [],
    hasSqlite: major > 22 || (major === 22 && minor >= 16),
  },
  { name: "Bun", path: findProgram("BUN", ["bun"]), args: [], hasSqlite: true },
  {
    name: "Deno",
    path: findProgram("DENO", ["deno"]),
    args: ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"],
    hasSqlite: true,
  },
];

for (const { name, path } of runtimes) {
  if (path !== null) continue;
  const how = `${name} was not found: install it or set ${name.toUpperCase()} to its program.`;
  if (process.env["CI"]) throw new Error(how);
  console.warn(`${how}\nThe test that needs it is skipped.`);
}

let project: Project;

beforeAll(async () => {
  project = await installPackage();
  await project.write(PROGRAM, await readFile(join(import.meta.dirname, PROGRAM), "utf8"));
}, 180_000);

afterAll(() => project.remove());

for (const { name, path, args, hasSqlite } of runtimes) {
  test.skipIf(path === null)(`${name} serves sessions, and keeps them`, async () => {
    const output = await must(project.run(path ?? "", ...args, PROGRAM));
    // Node 22 warns that its SQLite is experimental, after the answer.
    const answer = output.split("\n").findLast((line) => line.startsWith("{"));
    const stores = JSON.parse(answer ?? expect.unreachable(output));
    expect(Object.keys(stores)).toEqual(hasSqlite ? ["memory", "sqlite"] : ["memory"]);
    for (const { passed } of Object.values<{ passed: number }>(stores)) {
      expect(passed).toBeGreaterThan(150);
    }
  });
}
