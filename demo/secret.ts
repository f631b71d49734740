import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The secret in the data folder, created at the first start. Processes that start together agree on
 * one: each writes a temporary file, and `link` succeeds for the first only.
 */
export async function keptSecret(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "secret");
  const known = await read(path);
  if (known !== null) return known;
  const aside = join(folder, `secret.${randomBytes(6).toString("hex")}`);
  const secret = `${randomBytes(32).toString("base64")}\n`;
  // Flush before linking: after a power failure an empty secret would invalidate all tokens.
  await writeFile(aside, secret, { mode: 0o600, flag: "wx", flush: true });
  try {
    await link(aside, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(aside);
  }
  return (await read(path)) ?? "";
}

async function read(path: string): Promise<string | null> {
  let secret: string;
  try {
    secret = (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
  if (Buffer.byteLength(secret) >= 32) return secret;
  throw new Error(`${path} holds no secret: remove it for a new one, or set ROLLCALL_SECRET`);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
