import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, inject } from "vitest";
import type { Started } from "./global-setup.js";
import { type Run, run } from "./packed-package.js";

export type { Run };

const root = join(import.meta.dirname, "../..");

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

/** A project that has installed the package: a copy of the one that the first in a run has made. */
export async function installPackage(manifest: object = { type: "module" }): Promise<Project> {
  const answer = await fetch(inject("packageInstaller"));
  const packed: Started = JSON.parse(await answer.text());
  if ("error" in packed) throw new Error(packed.error);
  const folder = await mkdtemp(join(tmpdir(), "rollcall-package-"));
  const path = join(folder, "project");
  await cp(packed.url, folder, { recursive: true, verbatimSymlinks: true });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  const before: object = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
  await writeFile(join(path, "package.json"), JSON.stringify({ ...before, ...manifest }));
  return {
    path,
    tarball: join(folder, tarball ?? expect.unreachable("there is no tarball")),
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
