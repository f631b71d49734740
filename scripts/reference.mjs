// Writes what can be said of the public types: docs/configuration.md and docs/api. With --check it
// writes nothing, and fails where they differ from what is there.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { apiPages } from "./reference/api-pages.mjs";
import { readEntries } from "./reference/declarations.mjs";
import { configuration } from "./reference/option-tables.mjs";

const HELP = `Usage: node scripts/reference.mjs [--check] [--root folder] [part …]

The parts, all of them by default:

  configuration  docs/configuration.md: every option (npm run docs)
  api            docs/api: everything that is exported (npm run api)

Exits with 1 when --check finds a difference or an option lacks its comment or its default, with 2
when called wrongly.`;

/** What each part consists of: the texts by their paths in docs, and what is wrong with its sources. */
const PARTS = {
  configuration(read, folder) {
    const { text, problems } = configuration(read, elementAttributes(folder));
    return { files: new Map([["configuration.md", text]]), problems };
  },
  api(read) {
    const pages = [...apiPages(read)].map(([name, text]) => [`api/${name}`, text]);
    return { files: new Map(pages), problems: [] };
  },
};

const COMMANDS = { configuration: "npm run docs", api: "npm run api" };

function elementAttributes(folder) {
  const manifest = JSON.parse(
    readFileSync(join(folder, "src/element/custom-elements.json"), "utf8"),
  );
  const declarations = manifest.modules.flatMap(({ declarations: all = [] }) => all);
  return declarations.flatMap(({ attributes = [] }) => attributes);
}

function isAsWritten(docs, [path, text]) {
  const place = join(docs, path);
  return existsSync(place) && readFileSync(place, "utf8") === text;
}

/** Pages of entry points that are no more. */
function leftovers(docs, files) {
  if (!existsSync(join(docs, "api"))) return [];
  const pages = readdirSync(join(docs, "api")).map((name) => `api/${name}`);
  return pages.filter((path) => !files.has(path));
}

function compare(docs, part, files) {
  const stale = [...files].filter((file) => !isAsWritten(docs, file)).map(([path]) => path);
  if (part === "api") stale.push(...leftovers(docs, files));
  return stale.map(
    (path) => `docs/${path}: is out of date; run ${COMMANDS[part]} and read what changed`,
  );
}

function write(docs, part, files) {
  if (part === "api") {
    rmSync(join(docs, "api"), { recursive: true, force: true });
    mkdirSync(join(docs, "api"));
  }
  for (const [path, text] of files) writeFileSync(join(docs, path), text);
}

function main() {
  let args;
  try {
    args = parseArgs({
      options: {
        check: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        root: { type: "string", default: resolve(import.meta.dirname, "..") },
      },
      allowPositionals: true,
    });
    const unknown = args.positionals.find((part) => !Object.hasOwn(PARTS, part));
    if (unknown !== undefined) throw new TypeError(`there is no part "${unknown}"`);
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
  const { values, positionals } = args;
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const docs = join(values.root, "docs");
  const folder = join(values.root, "packages/rollcall");
  const read = readEntries(folder);
  const findings = (positionals.length > 0 ? positionals : Object.keys(PARTS)).flatMap((part) => {
    const { files, problems } = PARTS[part](read, folder);
    if (values.check) return [...problems, ...compare(docs, part, files)];
    write(docs, part, files);
    return problems;
  });
  for (const finding of findings) console.log(finding);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main();
