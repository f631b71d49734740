import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** How a command ended, and all that it said. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

export function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
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

async function must(running: Promise<Run>): Promise<void> {
  const { code, output } = await running;
  if (code !== 0) throw new Error(output);
}

/**
 * Packs what `npm run build` has built, and installs it into an empty project: a folder with the tarball and
 * `project`, for tests to copy.
 */
export async function packPackage(): Promise<{ url: string; stop(): Promise<void> }> {
  if (!existsSync(join(root, "dist/index.js"))) {
    throw new Error("the package is not built: run npm run build");
  }
  const folder = await mkdtemp(join(tmpdir(), "rollcall-packed-"));
  const path = join(folder, "project");
  await mkdir(join(path, "node_modules/@types"), { recursive: true });
  await must(run(process.execPath, [join(root, "scripts/copy-documents.mjs")], root));
  await must(run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], root));
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  await writeFile(join(path, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await must(run("npm", ["install", ...quiet, join(folder, tarball)], path));
  return { url: folder, stop: () => rm(folder, { recursive: true, force: true }) };
}
