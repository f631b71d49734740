// Writes what can be said of the public types: docs/configuration.md and docs/api. With --check it
// writes nothing, and fails where they differ from what is there.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { apiPages } from "./reference/api-pages.mjs";
import { readEntries } from "./reference/declarations.mjs";
import { configuration } from "./reference/option-tables.mjs";

const HELP = `Usage: node scripts/reference.mjs [--check] [part …]

The parts, all of them by default:

  configuration  docs/configuration.md: every option (npm run docs)
  api            docs/api: everything that is exported (npm run api)

Exits with 1 when --check finds a difference or an option lacks its comment.`;

const root = resolve(import.meta.dirname, "..");
const PACKAGE = join(root, "packages/rollcall");
const DOCS = join(root, "docs");

/** What each part consists of: the texts by their paths in docs, and what is wrong with its sources. */
const PARTS = {
  configuration(read) {
    const { text, problems } = configuration(read, elementAttributes());
    return { files: new Map([["configuration.md", text]]), problems };
  },
  api(read) {
    const pages = [...apiPages(read)].map(([name, text]) => [`api/${name}`, text]);
    return { files: new Map(pages), problems: [] };
  },
};

const COMMANDS = { configuration: "npm run docs", api: "npm run api" };

function elementAttributes() {
  const manifest = JSON.parse(
    readFileSync(join(PACKAGE, "src/element/custom-elements.json"), "utf8"),
  );
  const declarations = manifest.modules.flatMap(({ declarations: all = [] }) => all);
  return declarations.flatMap(({ attributes = [] }) => attributes);
}

function existing(path) {
  try {
    return readFileSync(join(DOCS, path), "utf8");
  } catch {
    return undefined;
  }
}

/** Pages of entry points that are no more. */
function leftovers(files) {
  const pages = readdirSync(join(DOCS, "api"), { withFileTypes: true });
  return pages.map(({ name }) => `api/${name}`).filter((path) => !files.has(path));
}

function compare(part, files) {
  const stale = [...files].filter(([path, text]) => existing(path) !== text).map(([path]) => path);
  if (part === "api") stale.push(...leftovers(files));
  return stale.map(
    (path) => `docs/${path}: is out of date; run ${COMMANDS[part]} and read what changed`,
  );
}

function write(part, files) {
  if (part === "api") {
    rmSync(join(DOCS, "api"), { recursive: true, force: true });
    mkdirSync(join(DOCS, "api"));
  }
  for (const [path, text] of files) writeFileSync(join(DOCS, path), text);
}

function main() {
  const { values, positionals } = parseArgs({
    options: { check: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);
  if (values.help || wanted.some((part) => PARTS[part] === undefined)) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const read = readEntries(PACKAGE);
  const findings = wanted.flatMap((part) => {
    const { files, problems } = PARTS[part](read);
    if (values.check) return [...problems, ...compare(part, files)];
    write(part, files);
    return problems;
  });
  for (const finding of findings) console.log(finding);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main();
