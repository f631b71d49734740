// Bundles <rollcall-sessions> into one file for a script tag, Lit and the client included. Prints
// the size; exits with 1 when it is larger than promised.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const HELP = `Usage: node scripts/bundle-element.mjs [--outdir FOLDER]

Writes into FOLDER (default: dist):
  rollcall-sessions.js      for <script type="module" src="…">, complete in English
  rollcall-sessions.XX.js   the other languages, which it fetches from beside it when needed
  custom-elements.json      the manifest for editors`;

/** What the element may weigh over the wire, in bytes. */
const LIMIT = 20_000;
const ROOT = resolve(import.meta.dirname, "..");

/** Spaces between tags, and those of style sheets, are for people who read the source. */
const templates = {
  name: "templates",
  setup(build) {
    build.onLoad({ filter: /src\/element\/[\w-]+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = await replaceAsync(source, /\bcss`([^`]*)`/g, async ([, sheet]) => {
        const { code } = await transform(sheet, { loader: "css", minify: true });
        return `css\`${code.trim().replaceAll("\\", "\\\\")}\``;
      });
      return {
        contents: contents.replace(/>\s*\n\s*</g, "><").replace(/\n\s+/g, "\n"),
        loader: "ts",
      };
    });
  },
};

async function replaceAsync(text, pattern, replace) {
  const pieces = await Promise.all([...text.matchAll(pattern)].map(replace));
  return text.replace(pattern, () => pieces.shift());
}

/** The file for the script tag, and beside it one for each language but English. */
export async function bundleElement() {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: { "rollcall-sessions": "src/element/define.ts" },
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    outdir: "dist",
    chunkNames: "rollcall-sessions.[name]",
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    plugins: [templates],
  });
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
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
  let heaviest = 0;
  for (const { name, contents } of await bundleElement()) {
    await writeFile(join(outdir, name), contents);
    const size = gzipSync(contents, { level: 9 }).length;
    heaviest = Math.max(heaviest, size);
    console.log(`${name}: ${size} bytes gzipped`);
  }
  await copyFile(
    join(ROOT, "src/element/custom-elements.json"),
    join(outdir, "custom-elements.json"),
  );
  if (heaviest <= LIMIT) return 0;
  console.error(`${heaviest} bytes are more than the ${LIMIT} that are promised.`);
  return 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
