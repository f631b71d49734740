import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import config from "../vitest.config.js";

const root = join(import.meta.dirname, "..");

const ANY_TEST = "/**/*.test.ts";

/** Test files of a folder, by their paths from the root; what is installed is none of ours. */
function testsIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
    .map((file) => `${folder}/${file}`);
}

test("every test file belongs to exactly one project", () => {
  const projects = config.test?.projects ?? [];
  const patterns = projects.flatMap((project) =>
    typeof project === "object" && "test" in project ? (project.test?.include ?? []) : [],
  );
  for (const pattern of patterns) expect(pattern.endsWith(ANY_TEST), pattern).toBe(true);
  const included = patterns.flatMap((pattern) => testsIn(pattern.slice(0, -ANY_TEST.length)));
  const all = ["packages", "demo", "bench", "examples", "scripts", "test"].flatMap(testsIn);
  expect(all.length).toBeGreaterThan(100);
  expect(included.sort()).toEqual(all.sort());
});
