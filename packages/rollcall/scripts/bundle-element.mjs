// Bundles each element into one file for a script tag: Lit, the client and all languages included.
// Prints the sizes; exits with 1 when one is larger than promised.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const HELP = `Usage: node scripts/bundle-element.mjs [--outdir FOLDER]

Writes into FOLDER (default: dist):
  rollcall-sessions.js            for <script type="module" src="…">: all of it, in all languages
  rollcall-api-keys.js            the same for <rollcall-api-keys>
  rollcall-sessions.LICENSE.txt   the licence of Lit, which is inside: keep it beside the files
  custom-elements.json            the manifest for editors`;

/** What each file is made from, and may weigh over the wire, in bytes. */
const FILES = {
  "rollcall-sessions.js": { entry: "src/element/define.ts", limit: 24_000 },
  "rollcall-api-keys.js": { entry: "src/element/define-api-keys.ts", limit: 27_000 },
};
const ROOT = resolve(import.meta.dirname, "..");

/** A file for a script tag. esbuild puts it together, terser makes it 3 % smaller. */
async function bundle(entry) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
  });
  const { code } = await minify(outputFiles[0].text, {
    module: true,
    ecma: 2022,
    // No function here is called by `new` or asks for `arguments`; no getter does anything.
    compress: {
      passes: 3,
      lhs_constants: false,
      pure_getters: true,
      unsafe_arrows: true,
      unsafe_methods: true,
    },
  });
  return code;
}

async function main() {
  const { values } = parseArgs({
    options: { outdir: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const outdir = resolve(values.outdir ?? join(ROOT, "dist"));
  await mkdir(outdir, { recursive: true });
  let isTooLarge = false;
  for (const [name, { entry, limit }] of Object.entries(FILES)) {
    const code = await bundle(entry);
    await writeFile(join(outdir, name), code);
    const size = gzipSync(code, { level: 9 }).length;
    console.log(`${name}: ${size} bytes gzipped`);
    if (size <= limit) continue;
    console.error(`${size} bytes are more than the ${limit} that are promised.`);
    isTooLarge = true;
  }
  const copies = {
    "custom-elements.json": "src/element/custom-elements.json",
    "rollcall-sessions.LICENSE.txt": "../../node_modules/lit-html/LICENSE",
  };
  for (const [copy, original] of Object.entries(copies)) {
    await copyFile(join(ROOT, original), join(outdir, copy));
  }
  return isTooLarge ? 1 : 0;
}

process.exitCode = await main();
