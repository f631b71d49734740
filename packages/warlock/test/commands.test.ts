import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import {
  generateJWTSecret,
  isNeverExpiring,
  isUsableExpiry,
  registerAuthPurgeNeverExpiringCommand,
  registerJWTSecretGeneratorCommand,
  tokenHasExpClaim,
} from "../src/index.js";

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-env-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  said = [];
  for (const spy of [
    vi.spyOn(process, "cwd").mockReturnValue(folder),
    vi.spyOn(console, "log").mockImplementation((line) => void said.push(line)),
    vi.spyOn(console, "error").mockImplementation((line) => void said.push(line)),
  ]) {
    onTestFinished(() => spy.mockRestore());
  }
});

const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");

test("secrets are added to .env, once, and what is there stays", async () => {
  await writeFile(join(folder, ".env"), "PORT=3000\n# JWT_SECRET=old\nJWT_REFRESH_SECRET=kept");
  await registerJWTSecretGeneratorCommand().execute();
  const written = await read(".env");
  expect(written).toMatch(
    /^PORT=3000\n# JWT_SECRET=old\nJWT_REFRESH_SECRET=kept\nJWT_SECRET=[\w-]{43}\n$/,
  );
  await generateJWTSecret();
  expect(await read(".env")).toBe(written);
  expect(said).toEqual([".env: added JWT_SECRET", ".env: nothing to add"]);
});

test("without .env the file of the mode is taken, and none is made", async () => {
  await generateJWTSecret();
  expect(said).toEqual(["there is no .env and no .env.development to write secrets to"]);
  await writeFile(join(folder, ".env.development"), "");
  await generateJWTSecret();
  const secrets = (await read(".env.development")).match(/^\w+(?==[\w-]{43}$)/gm);
  expect(secrets).toEqual(["JWT_SECRET", "JWT_REFRESH_SECRET"]);
});

test("no token here lives without an end, and the command says so", async () => {
  await registerAuthPurgeNeverExpiringCommand().execute({ options: { dryRun: true } });
  expect(said).toEqual(["No token here lives without an end."]);
});

test("an end is a date that is one, and a claim that is a number", () => {
  const tokenOf = (claims: unknown): string =>
    `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
  for (const end of ["2026-01-01", 0, new Date()]) expect(isUsableExpiry(end)).toBe(true);
  for (const end of ["", "soon", null, undefined, {}, new Date("soon")]) {
    expect(isUsableExpiry(end)).toBe(false);
  }
  expect(tokenHasExpClaim(tokenOf({ exp: 1 }))).toBe(true);
  for (const token of [tokenOf({}), tokenOf({ exp: "1" }), tokenOf(null), "x", "", 7]) {
    expect(tokenHasExpClaim(token)).toBe(false);
  }
  expect(isNeverExpiring(tokenOf({ exp: 1 }), "2026-01-01")).toBe(false);
  expect(isNeverExpiring(tokenOf({}), "2026-01-01")).toBe(true);
  expect(isNeverExpiring(tokenOf({ exp: 1 }), "soon")).toBe(true);
});
