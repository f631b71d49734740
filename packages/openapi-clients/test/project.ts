import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const here = join(import.meta.dirname, "..");
const modules = join(here, "../../node_modules");
const run = promisify(execFile);

/** A project in a temporary folder, with what this repository has installed. */
export interface ClientProject {
  readonly path: string;
  /** Takes a program of `clients/` over. */
  copy(name: string): Promise<void>;
  write(name: string, text: string): Promise<void>;
  /** Checks and compiles everything, strictly. Rejects with what the compiler says. */
  compile(): Promise<void>;
  /** What the program prints. */
  run(name: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

const OPTIONS = {
  strict: true,
  noUncheckedIndexedAccess: true,
  target: "es2023",
  lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
  module: "nodenext",
  types: ["node"],
  outDir: "dist",
  rootDir: ".",
};

export async function clientProject(): Promise<ClientProject> {
  const path = await mkdtemp(join(tmpdir(), "rollcall-client-"));
  const write = (name: string, text: string): Promise<void> => writeFile(join(path, name), text);
  await symlink(modules, join(path, "node_modules"));
  await write("package.json", JSON.stringify({ type: "module" }));
  await write("tsconfig.json", JSON.stringify({ compilerOptions: OPTIONS, exclude: ["dist"] }));
  return {
    path,
    write,
    copy: (name) => copyFile(join(here, "clients", name), join(path, name)),
    async compile() {
      const compiler = join(modules, "typescript/bin/tsc");
      const { code, stdout } = await run(process.execPath, [compiler, "-p", path]).then(
        ({ stdout: said }) => ({ code: 0, stdout: said }),
        (error: { readonly code: number; readonly stdout: string }) => error,
      );
      if (code !== 0) throw new Error(stdout);
    },
    async run(name, ...args) {
      return (await run(process.execPath, [join(path, "dist", name), ...args])).stdout;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
