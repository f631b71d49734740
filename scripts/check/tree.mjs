import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

const SKIPPED = new Set(["node_modules", "dist", ".git", ".rollcall", "coverage"]);
const TEXT = new Set([
  "",
  ".css",
  ".html",
  ".js",
  ".json",
  ".md",
  ".mjs",
  ".mts",
  ".sh",
  ".sql",
  ".ts",
  ".yml",
]);

/** The project's text files by path from its root, with forward slashes. */
export function readTree(root) {
  const files = new Map();
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) walk(path);
      } else if (entry.isFile() && TEXT.has(extname(entry.name))) {
        files.set(relative(root, path).split(sep).join("/"), readFileSync(path, "utf8"));
      }
    }
  };
  walk(root);
  const sources = new Map(
    [...files].filter(([path]) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path)),
  );
  return { files, sources };
}

/** Reads JSON of the tree; throws with the file's name when it is missing or broken. */
export function readJson(tree, path) {
  const text = tree.files.get(path);
  if (text === undefined) throw new Error(`${path} is missing`);
  return JSON.parse(text);
}
