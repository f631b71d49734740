// Keeps a client's tokens in a file that several processes share: a storage for command-line tools.
import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** Whoever holds the lock for longer than this, in milliseconds, has died. */
const PATIENCE = 10_000;

export function fileStorage(path) {
  const lock = `${path}.lock`;
  const take = async () => {
    for (const late = Date.now() + PATIENCE; ; await pause(10 + 20 * Math.random())) {
      try {
        return await open(lock, "wx");
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
        if (Date.now() > late) await rm(lock, { force: true });
      }
    }
  };
  return {
    async read() {
      try {
        return JSON.parse(await readFile(path, "utf8"));
      } catch (error) {
        if (error.code === "ENOENT") return null;
        throw error;
      }
    },
    async write(tokens) {
      if (tokens === null) return await rm(path, { force: true });
      // In one step, and for nobody else's eyes.
      const next = `${path}.${process.pid}`;
      await writeFile(next, JSON.stringify(tokens), { mode: 0o600 });
      await rename(next, path);
    },
    async exclusively(work) {
      const held = await take();
      try {
        return await work();
      } finally {
        await held.close();
        await rm(lock, { force: true });
      }
    },
  };
}
