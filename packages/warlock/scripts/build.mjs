// Compiles what `npm run warlock` and `warlock:check` need, if the sources are newer than that. Any number
// of them may start at once: each puts whole files in their place, theirs are all the same, and the one by which
// the others see that all is there goes last.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
const STAMP = join(DIST, "index.js");

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
}

const changedAt = (file) => stat(file).then(({ mtimeMs }) => mtimeMs);

async function isUpToDate() {
  const builtAt = await changedAt(STAMP).catch(() => 0);
  const sources = await filesBelow(join(ROOT, "src"));
  const configs = ["../../tsconfig.base.json", "tsconfig.build.json"].map((name) =>
    join(ROOT, name),
  );
  const changes = await Promise.all([...sources, ...configs].map(changedAt));
  return Math.max(...changes) <= builtAt;
}

async function build() {
  const startedAt = new Date();
  await mkdir(DIST, { recursive: true });
  // Beside it, on the same disk, so that what a killed build leaves is never published.
  const staging = await mkdtemp(join(ROOT, ".build-"));
  try {
    const tsc = join(ROOT, "../../node_modules/typescript/bin/tsc");
    const args = [tsc, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", staging];
    const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", 2, 2] });
    if (status !== 0) return 1;
    const built = (await filesBelow(staging)).map((file) => [
      file,
      join(DIST, relative(staging, file)),
    ]);
    for (const [file, place] of built.sort(([, a], [, b]) => (a === STAMP) - (b === STAMP))) {
      await mkdir(dirname(place), { recursive: true });
      await rename(file, place);
    }
    // What an earlier build made of a source that is gone now would be published with the rest.
    const current = new Set(built.map(([, place]) => place));
    for (const file of await filesBelow(DIST)) {
      if (!current.has(file)) await rm(file, { force: true });
    }
    // A source that was changed meanwhile is newer than this.
    await utimes(STAMP, startedAt, startedAt);
    return 0;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

process.exitCode = (await isUpToDate()) ? 0 : await build();
