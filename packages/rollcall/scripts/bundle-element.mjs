// Bundles <rollcall-sessions> into one file for a script tag: Lit, the client and all languages
// included. Prints the size; exits with 1 when it is larger than promised.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const HELP = `Usage: node scripts/bundle-element.mjs [--outdir FOLDER]

Writes into FOLDER (default: dist):
  rollcall-sessions.js            for <script type="module" src="…">: all of it, in all languages
  rollcall-sessions.LICENSE.txt   the licence of Lit, which is inside: keep it beside the file
  custom-elements.json            the manifest for editors`;

/** What the element may weigh over the wire, in bytes. */
const LIMIT = 24_000;
const ROOT = resolve(import.meta.dirname, "..");

/** The file for the script tag. esbuild puts it together, terser makes it 3 % smaller. */
export async function bundleElement() {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/element/define.ts"],
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
  const code = await bundleElement();
  await writeFile(join(outdir, "rollcall-sessions.js"), code);
  const size = gzipSync(code, { level: 9 }).length;
  console.log(`rollcall-sessions.js: ${size} bytes gzipped`);
  const copies = {
    "custom-elements.json": "src/element/custom-elements.json",
    "rollcall-sessions.LICENSE.txt": "../../node_modules/lit-html/LICENSE",
  };
  for (const [copy, original] of Object.entries(copies)) {
    await copyFile(join(ROOT, original), join(outdir, copy));
  }
  if (size <= LIMIT) return 0;
  console.error(`${size} bytes are more than the ${LIMIT} that are promised.`);
  return 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
