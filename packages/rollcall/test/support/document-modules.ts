import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The modules that a page of the documentation shows, by the headings they stand under. */
export async function modulesOf(page: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(page, "utf8");
  const found = text.matchAll(/^##+ (.+)$(?:(?!^#)[\s\S])*?^```(ts|js)\n([\s\S]*?)^```$/gm);
  return new Map([...found].map(([, heading = "", , code = ""]) => [heading, code]));
}

/**
 * Runs a module as if it stood in the project: it imports the package, and what is installed, by
 * their names.
 */
export async function importModule(code: string): Promise<unknown> {
  // Beside the tests, since nothing in node_modules or outside of the project is compiled for them.
  const folder = await mkdtemp(join(import.meta.dirname, "../.module-"));
  try {
    const path = join(folder, "module.ts");
    await writeFile(path, code);
    return await import(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
