import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import * as names from "rollcall-warlock";

const FACADE = pathToFileURL(resolve(import.meta.dirname, "../dist/index.js")).href;

/**
 * Both packages are the facade, by the names that it has, so that a missing one is found together with
 * who asks for it; what else a folder imports is found from that folder.
 */
const facade = {
  name: "facade",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@warlock\.js\/(auth|core)$/ }, ({ path }) => ({
      path,
      namespace: "facade",
    }));
    onResolve({ filter: /^file:/, namespace: "facade" }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: "facade" }, () => ({
      contents: `export { ${Object.keys(names).join(", ")} } from ${JSON.stringify(FACADE)};`,
    }));
  },
};

/** The lines of what the compiler found, each with its place. */
function lineOf({ text, location }) {
  const said = text.replace(
    /^No matching export in "facade:(.+)" for import "(.+)"$/,
    (_, name, missing) => `${name} has no export '${missing}'`,
  );
  if (location === null) return said;
  return `${said} (${resolve(location.file)}:${location.line}:${location.column + 1})`;
}

/** Runs `routes.ts` of a folder; gives what it exports. */
export async function loadFolder(folder) {
  const entry = join(folder, "routes.ts");
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  if (!existsSync(entry)) throw new Error(`there is no routes.ts in ${folder}`);
  const staging = await mkdtemp(join(tmpdir(), "rollcall-warlock-"));
  try {
    const outfile = join(staging, "routes.mjs");
    await build({
      entryPoints: [entry],
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      sourcemap: "inline",
      outfile,
      plugins: [facade],
      logLevel: "silent",
    }).catch(({ errors, message }) => {
      throw new Error(errors?.map(lineOf).join("\nwarlock: ") ?? message);
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Where in the folder an error comes from; `undefined` when it does not. */
export async function placeIn(folder, error) {
  const root = `${await realpath(folder).catch(() => folder)}${sep}`;
  const frames = String(error?.stack).matchAll(/^ +at (?:.*\()?([^\n()]+:\d+:\d+)\)?$/gm);
  for (const [, frame] of frames) {
    const place = frame.startsWith("file:") ? fileURLToPath(frame) : frame;
    if (place.startsWith(root) || place.startsWith(`${folder}${sep}`)) return place;
  }
  return undefined;
}
