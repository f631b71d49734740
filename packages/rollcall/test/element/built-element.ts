import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SCRIPT = fileURLToPath(new URL("../../scripts/bundle-element.mjs", import.meta.url));

/** What the script builds: files by their names, and what it said of them. */
export interface BuiltElement {
  readonly files: ReadonlyMap<string, string>;
  readonly stdout: string;
}

export async function buildElement(): Promise<BuiltElement> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-element-"));
  try {
    const args = [SCRIPT, "--outdir", folder];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const names = await readdir(folder);
    const read = names.map(
      async (name) => [name, await readFile(join(folder, name), "utf8")] as const,
    );
    return { files: new Map(await Promise.all(read)), stdout };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
