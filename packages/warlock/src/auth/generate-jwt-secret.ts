import { randomBytes } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";

const NAMES = ["JWT_SECRET", "JWT_REFRESH_SECRET"] as const;

/**
 * Appends `JWT_SECRET` and `JWT_REFRESH_SECRET` to `.env` of the working directory, or to
 * `.env.development` or `.env.production` where there is no `.env`. Those that are there stay. Makes
 * no file.
 */
export async function generateJWTSecret(): Promise<void> {
  const mode = process.env["NODE_ENV"] === "production" ? "production" : "development";
  for (const name of [".env", `.env.${mode}`]) {
    const file = join(process.cwd(), name);
    const lines = await readFile(file, "utf8").catch(ifMissing);
    if (lines === undefined) continue;
    const missing = NAMES.filter((secret) => !new RegExp(`^\\s*${secret}\\s*=`, "m").test(lines));
    const start = lines === "" || lines.endsWith("\n") ? "" : "\n";
    const added = missing.map((secret) => `${secret}=${randomBytes(32).toString("base64url")}\n`);
    if (missing.length > 0) await appendFile(file, start + added.join(""));
    console.log(
      missing.length > 0 ? `${name}: added ${missing.join(" and ")}` : `${name}: nothing to add`,
    );
    return;
  }
  console.error(`there is no .env and no .env.${mode} to write secrets to`);
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
