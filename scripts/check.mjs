// Checks what neither the compiler nor the linter sees: who imports whom, names, sizes, exports and
// the list of errors. Each rule is a function of the tree that gives back its findings.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { citedSections, linkedHeadings } from "./check/citations.mjs";
import { errorDocs } from "./check/error-docs.mjs";
import { packageExports } from "./check/exports.mjs";
import { importCycles, importDirection } from "./check/imports.mjs";
import { fileNames, fileSizes } from "./check/names-and-sizes.mjs";
import { readTree } from "./check/tree.mjs";
import { forbiddenWords } from "./check/words.mjs";

const RULES = {
  direction: importDirection,
  cycle: importCycles,
  exports: packageExports,
  name: fileNames,
  size: fileSizes,
  word: forbiddenWords,
  errors: errorDocs,
  contract: citedSections,
  anchor: linkedHeadings,
};

const HELP = `Usage: node scripts/check.mjs [folder]

Checks the structure of the project in folder (default: this one) and prints one line for each
finding: place, what is wrong, what to do. The rules:

  direction  who may import whom, and which packages
  cycle      no cycle of imports, not even between types
  exports    package.json, tsconfig.json and the files agree; index.ts only where an export points
  name       kebab-case, named after a noun or verb
  size       warns above 250 lines, fails above 300
  word       no machine's paths; in src no any, no double cast, no silenced compiler
  errors     docs/errors.md lists exactly the codes of SessionErrorCode
  contract   each "contract §4.3" is a heading of docs/contract.md or docs/contract-sessions.md
  anchor     links between Markdown documents find the headings that they name

Exits with 1 when anything but warnings was found, with 2 when called wrongly.`;

function main() {
  let args;
  try {
    args = parseArgs({
      options: { help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    if (args.positionals.length > 1) throw new TypeError("give at most one folder");
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (args.values.help) {
    console.log(HELP);
    return 0;
  }
  const folder = resolve(args.positionals[0] ?? resolve(import.meta.dirname, ".."));
  const tree = readTree(folder);
  let problems = 0;
  for (const [rule, find] of Object.entries(RULES)) {
    for (const { place, text, warning } of find(tree)) {
      if (!warning) problems++;
      console.log(`${place}: ${warning ? "warning: " : ""}${text} [${rule}]`);
    }
  }
  console.log(
    `structure: ${tree.files.size} files, ${problems} problem${problems === 1 ? "" : "s"}`,
  );
  return problems === 0 ? 0 : 1;
}

process.exitCode = main();
