import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";

const root = join(import.meta.dirname, "../..");

/** How a command ended, and all that it said. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A project of somebody's, in a temporary folder, that has installed the packed package. */
export interface Project {
  readonly path: string;
  readonly tarball: string;
  /** What can be imported: `rollcall`, `rollcall/http` and so on. */
  readonly entryPoints: readonly string[];
  write(name: string, text: string): Promise<void>;
  /** Gives the project what its owner would have installed too; `["a", "b"]` puts b there as a. */
  link(...names: (string | readonly [name: string, target: string])[]): Promise<void>;
  run(command: string, ...args: string[]): Promise<Run>;
  node(...args: string[]): Promise<Run>;
  remove(): Promise<void>;
}

/** A file of a package that this repository has installed. */
export function installed(path: string): string {
  return join(root, "../../node_modules", path);
}

export async function must(running: Promise<Run>): Promise<string> {
  const { code, output } = await running;
  if (code !== 0) expect.unreachable(output);
  return output;
}

/** Packs what `npm run build` has built, and installs it into an empty project. */
export async function installPackage(manifest: object = { type: "module" }): Promise<Project> {
  if (!existsSync(join(root, "dist/index.js"))) {
    throw new Error("the package is not built: run npm run build");
  }
  const folder = await mkdtemp(join(tmpdir(), "rollcall-package-"));
  const path = join(folder, "project");
  await mkdir(join(path, "node_modules/@types"), { recursive: true });
  await must(run(process.execPath, [join(root, "scripts/copy-documents.mjs")], root));
  await must(run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], root));
  const packed = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  const tarball = join(folder, packed ?? expect.unreachable("npm pack made no tarball"));
  await writeFile(
    join(path, "package.json"),
    JSON.stringify({ name: "consumer", private: true, ...manifest }),
  );
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await must(run("npm", ["install", ...quiet, tarball], path));
  return {
    path,
    tarball,
    entryPoints: await entryPoints(),
    async write(name, text) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), text);
    },
    async link(...names) {
      for (const name of names) {
        const [as, target] = typeof name === "string" ? [name, name] : name;
        const place = join(path, "node_modules", as);
        await mkdir(dirname(place), { recursive: true });
        if (!existsSync(place)) await symlink(installed(target), place);
      }
    },
    run: (command, ...args) => run(command, args, path),
    node: (...args) => run(process.execPath, args, path),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function entryPoints(): Promise<string[]> {
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return Object.keys(exports)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => `rollcall${subpath.slice(1)}`);
}

function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve) => {
    // As from a shell of its owner's: without what a test runner sets for its own processes.
    const { NODE_ENV: _, NODE_OPTIONS: __, ...inherited } = process.env;
    const quiet = { NO_COLOR: "1", FORCE_COLOR: undefined, NEXT_TELEMETRY_DISABLED: "1" };
    const env = { ...inherited, ...quiet };
    const child = execFile(command, args, { cwd, env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}
