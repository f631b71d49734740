import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenStorage } from "rollcall/client";
import { expect, onTestFinished, test } from "vitest";
import { later } from "./script.js";

const EXAMPLE = new URL("../../../../examples/cli/file-storage.mjs", import.meta.url).href;

async function openStorage() {
  const { fileStorage }: { fileStorage: (path: string) => TokenStorage } = await import(EXAMPLE);
  const folder = await mkdtemp(join(tmpdir(), "rollcall-storage-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "tokens.json");
  /** Makes the lock look as old as that. */
  const age = async (seconds: number): Promise<void> => {
    const then = Date.now() / 1000 - seconds;
    await utimes(`${path}.lock`, then, then);
  };
  return { storage: fileStorage(path), folder, lock: `${path}.lock`, age };
}

test("the lock of a process that has died is taken over, and a young one is waited for", async () => {
  const { storage, folder, lock, age } = await openStorage();
  await writeFile(lock, "of the dead");
  await age(31);
  expect(await storage.exclusively(async () => "taken over")).toBe("taken over");
  expect(await readdir(folder)).toEqual([]);

  const steps: string[] = [];
  await writeFile(lock, "of the living");
  // As old as a slow refresh makes it.
  await age(21);
  const waiting = storage.exclusively(async () => steps.push("waited"));
  while ((await readFile(lock, "utf8")) === "of the living" && steps.length < 20) {
    steps.push("held");
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(steps).toEqual(Array(20).fill("held"));
  await rm(lock);
  await waiting;
  expect(steps.at(-1)).toBe("waited");
});

test("who was held up lets go of no lock but its own", async () => {
  const { storage, lock, age } = await openStorage();
  const [begun, slow, next, second] = [later<void>(), later<void>(), later<void>(), later<void>()];
  const first = storage.exclusively(async () => {
    begun.resolve();
    await slow.promise;
  });
  await begun.promise;
  await age(60);
  const other = storage.exclusively(async () => {
    next.resolve();
    await second.promise;
  });
  await next.promise;
  const held = await readFile(lock, "utf8");
  slow.resolve();
  await first;
  expect(await readFile(lock, "utf8")).toBe(held);
  second.resolve();
  await other;
  await expect(readFile(lock, "utf8")).rejects.toMatchObject({ code: "ENOENT" });
});

test("two writes of one process do not meet in one file", async () => {
  const { storage, folder } = await openStorage();
  const tokens = { accessToken: "a", refreshToken: "r", refreshAt: 0 };
  await Promise.all(Array.from({ length: 20 }, () => storage.write(tokens)));
  expect([await storage.read(), await readdir(folder)]).toEqual([tokens, ["tokens.json"]]);
});
