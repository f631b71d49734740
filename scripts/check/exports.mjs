import { readJson } from "./tree.mjs";

/** package.json's exports, tsconfig.json's paths and the files of src name the same entry points. */
export function* packageExports(tree) {
  const { paths = {} } = readJson(tree, "tsconfig.json").compilerOptions ?? {};
  const entryPoints = new Set();
  const names = new Set();
  for (const path of tree.files.keys()) {
    const [, folder] = /^(packages\/[^/]+)\/package\.json$/.exec(path) ?? [];
    if (folder !== undefined) yield* exportsOf(tree, folder, paths, entryPoints, names);
  }
  for (const name of Object.keys(paths)) {
    if (!names.has(name)) {
      yield { place: `tsconfig.json paths "${name}"`, text: "is not in package.json's exports" };
    }
  }
  for (const path of tree.sources.keys()) {
    if (path.endsWith("/index.ts") && !entryPoints.has(path)) {
      yield { place: path, text: "no export points at this index.ts; name it after what it holds" };
    }
  }
}

function* exportsOf(tree, folder, paths, entryPoints, names) {
  const manifest = readJson(tree, `${folder}/package.json`);
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    if (subpath === "./package.json") continue;
    const place = `${folder}/package.json exports "${subpath}"`;
    const [, stem] = /^\.\/dist\/(.+)\.js$/.exec(target.default ?? "") ?? [];
    if (stem === undefined || target.types !== `./dist/${stem}.d.ts`) {
      yield { place, text: "needs types (./dist/….d.ts) and default (./dist/….js) of one file" };
      continue;
    }
    const source = `${folder}/src/${stem}.ts`;
    entryPoints.add(source);
    if (!tree.files.has(source)) yield { place, text: `points at ${source}, which is missing` };
    const name = `${manifest.name}${subpath.slice(1)}`;
    names.add(name);
    if (paths[name]?.[0] !== `./${source}`) {
      yield {
        place: `tsconfig.json paths "${name}"`,
        text: `must be ["./${source}"], as in exports`,
      };
    }
  }
}
