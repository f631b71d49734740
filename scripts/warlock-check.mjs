// Checks the types of a folder of code that was written against @warlock.js/auth and @warlock.js/core.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const HELP = `Usage: npm run warlock:check -- FOLDER

Compiles FOLDER/routes.ts and what it imports against the types of rollcall/warlock, and says what does not
fit. Exit code 0: all fits; 1: something does not.`;

const ROOT = resolve(import.meta.dirname, "..");
const [folder] = process.argv.slice(2);

/** What the folder's own tsconfig.json calls otherwise, as the runner does too. */
async function pathsOf(folder) {
  const text = await readFile(join(folder, "tsconfig.json"), "utf8").catch(() => "{}");
  // It may hold comments, and commas at the end of lists.
  const json = text
    .replace(/("(?:\\.|[^"\\])*")|\/\/.*|\/\*[\s\S]*?\*\//g, "$1")
    .replace(/,(?=\s*[}\]])/g, "");
  const { compilerOptions: { baseUrl = ".", paths = {} } = {} } = JSON.parse(json);
  const absolute = ([name, places]) => [
    name,
    places.map((place) => resolve(folder, baseUrl, place)),
  ];
  return Object.fromEntries(Object.entries(paths).map(absolute));
}

async function main() {
  if (folder === "--help" || folder === "-h") {
    console.log(HELP);
    return 0;
  }
  const entry = folder && join(resolve(process.env.INIT_CWD ?? ".", folder), "routes.ts");
  if (!entry || !existsSync(entry)) {
    console.error(folder ? `warlock:check: there is no routes.ts in ${folder}` : HELP);
    return 1;
  }
  const staging = await mkdtemp(join(tmpdir(), "rollcall-warlock-check-"));
  try {
    const facade = [join(ROOT, "dist/warlock/index.d.ts")];
    const compilerOptions = {
      target: "es2023",
      lib: ["es2023", "dom", "dom.iterable"],
      module: "esnext",
      moduleResolution: "bundler",
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      skipLibCheck: true,
      types: ["node"],
      typeRoots: [join(ROOT, "node_modules/@types")],
      paths: {
        ...(await pathsOf(dirname(entry))),
        "@warlock.js/auth": facade,
        "@warlock.js/core": facade,
      },
    };
    const config = join(staging, "tsconfig.json");
    await writeFile(config, JSON.stringify({ compilerOptions, files: [entry] }));
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { status } = spawnSync(process.execPath, [tsc, "-p", config], { stdio: "inherit" });
    if (status === 0) console.log(`${folder} fits.`);
    return status === 0 ? 0 : 1;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

process.exitCode = await main();
