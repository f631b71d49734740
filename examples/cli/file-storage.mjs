// Keeps a client's tokens in a file that several processes share: a storage for command-line tools.
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** Whoever has held the lock for longer than this, in milliseconds, has died: a refresh takes 20 s at most. */
const PATIENCE = 30_000;

export function fileStorage(path) {
  const lock = `${path}.lock`;
  /** `null` when it is not there. */
  const orNull = (error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  };
  const take = async (mine) => {
    for (;;) {
      try {
        return await writeFile(lock, mine, { flag: "wx" });
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      const held = await stat(lock).catch(orNull);
      if (held && Date.now() - held.mtimeMs > PATIENCE) {
        // One of those who wait gets to move it. Should two go on at once all the same, the server gives
        // both the same tokens.
        const aside = `${lock}.${mine}`;
        await rename(lock, aside).catch(orNull);
        await rm(aside, { force: true });
      } else {
        await pause(10 + 20 * Math.random());
      }
    }
  };
  return {
    async read() {
      const text = await readFile(path, "utf8").catch(orNull);
      return text === null ? null : JSON.parse(text);
    },
    async write(tokens) {
      if (tokens === null) return await rm(path, { force: true });
      // In one step, and for nobody else's eyes.
      const next = `${path}.${randomUUID()}`;
      await writeFile(next, JSON.stringify(tokens), { mode: 0o600 });
      await rename(next, path);
    },
    async exclusively(work) {
      const mine = randomUUID();
      await take(mine);
      try {
        return await work();
      } finally {
        // It may be somebody else's by now.
        if ((await readFile(lock, "utf8").catch(orNull)) === mine) await rm(lock, { force: true });
      }
    },
  };
}
