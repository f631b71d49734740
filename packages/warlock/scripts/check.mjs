// Checks the types of a folder of code that was written against @warlock.js/auth and @warlock.js/core.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

const HELP = `Usage: npm run warlock:check -- FOLDER

Compiles FOLDER/routes.ts and what it imports against the types of rollcall-warlock, and says what does not
fit. Of the nearest tsconfig.json it takes what the runner goes by (paths, baseUrl, decorators, JSX), and how
strict it is. Exit code 0: all fits; 1: something does not.`;

const ROOT = resolve(import.meta.dirname, "..");
const READ_OPTIONS = join(import.meta.dirname, "compiler-options.mjs");
/** What the runner follows too, and what makes types stricter than the code was written for. */
const TAKEN = [
  "experimentalDecorators",
  "emitDecoratorMetadata",
  "useDefineForClassFields",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
  "strict",
  "noImplicitAny",
  "noImplicitThis",
  "strictNullChecks",
  "strictFunctionTypes",
  "strictPropertyInitialization",
  "useUnknownInCatchVariables",
];
/** As the compiler numbers them. */
const JSX = ["", "preserve", "react-native", "react", "react-jsx", "react-jsxdev"];

/** The tsconfig.json that is in force in a folder, which may lie above it. */
function configOf(folder) {
  const file = join(folder, "tsconfig.json");
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? undefined : configOf(dirname(folder));
}

/** The options of it and of what it extends, read by the compiler itself. */
async function optionsOf(entry, staging) {
  const config = configOf(dirname(entry));
  if (config === undefined) return {};
  const project = join(staging, "theirs.json");
  await writeFile(project, JSON.stringify({ extends: config, files: [entry] }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [READ_OPTIONS, project], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${config} cannot be read: ${stderr}`);
  const { broken, options } = JSON.parse(stdout);
  if (broken) throw new Error(`${broken.file ?? config} cannot be read: ${broken.text}`);
  return options;
}

/** Paths as the runner finds them: from the file that names them, and below `baseUrl`. */
function pathsOf({ paths = {}, pathsBasePath, baseUrl }) {
  const base = baseUrl ?? pathsBasePath ?? ".";
  const named = Object.entries(paths).map(([name, places]) => [
    name,
    places.map((place) => resolve(base, place)),
  ]);
  return Object.fromEntries(
    baseUrl === undefined ? named : [["*", [join(baseUrl, "*")]], ...named],
  );
}

function compilerOptionsOf(theirs) {
  const facade = [join(ROOT, "dist/index.d.ts")];
  const taken = TAKEN.filter((name) => theirs[name] !== undefined);
  return {
    strict: true,
    ...Object.fromEntries(taken.map((name) => [name, theirs[name]])),
    jsx: JSX[theirs.jsx ?? 0] || "preserve",
    target: "es2023",
    lib: ["es2023", "dom", "dom.iterable"],
    module: "esnext",
    moduleResolution: "bundler",
    noEmit: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(ROOT, "../../node_modules/@types")],
    paths: { ...pathsOf(theirs), "@warlock.js/auth": facade, "@warlock.js/core": facade },
  };
}

async function check(folder) {
  const entry = join(resolve(process.env.INIT_CWD ?? ".", folder), "routes.ts");
  if (!existsSync(entry)) throw new Error(`there is no routes.ts in ${folder}`);
  const staging = await mkdtemp(join(tmpdir(), "rollcall-warlock-check-"));
  try {
    const compilerOptions = compilerOptionsOf(await optionsOf(entry, staging));
    const config = join(staging, "tsconfig.json");
    await writeFile(config, JSON.stringify({ compilerOptions, files: [entry] }));
    const tsc = join(ROOT, "../../node_modules/typescript/bin/tsc");
    const { status } = spawnSync(process.execPath, [tsc, "-p", config], { stdio: "inherit" });
    if (status === 0) console.log(`${folder} fits.`);
    return status === 0 ? 0 : 1;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (values.help) console.log(HELP);
  else if (folder === undefined) throw new Error(`which folder?\n\n${HELP}`);
  else return await check(folder);
  return 0;
}

process.exitCode = await main().catch((error) => {
  console.error(`warlock:check: ${error.message}`);
  return 1;
});
