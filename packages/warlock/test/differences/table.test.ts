import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AUTH_EXPORTS } from "../warlock-exports.js";

// The README's table: each of its rows is the name of a test beside this one.

const readme = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");
const [, table = ""] = readme.split("| what | there | here |");
const rows = [...table.matchAll(/^\| (?!---)(.*?) \|/gm)].map(([, what = ""]) =>
  what.replaceAll("`", ""),
);

test("each row has a test that shows it, by its name", async () => {
  const files = (await readdir(import.meta.dirname)).filter((name) => name !== "table.test.ts");
  const sources = await Promise.all(
    files.map((name) => readFile(join(import.meta.dirname, name), "utf8")),
  );
  const names = [...sources.join("\n").matchAll(/^test\("(.+?)", /gm)].map(([, name]) => name);
  expect(rows.length).toBeGreaterThan(40);
  expect(names).toEqual(expect.arrayContaining(rows));
});

test("what the package exports is exported, or is named in the table", async () => {
  const index = await readFile(join(import.meta.dirname, "../../src/index.ts"), "utf8");
  const exported: readonly string[] = index.match(/\w+/g) ?? [];
  const missing = AUTH_EXPORTS.filter((name) => !exported.includes(name));
  expect(missing.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
  expect(missing).toEqual(["RefreshTokenIssueOptions", "accessTokenSchema", "refreshTokenSchema"]);
});
