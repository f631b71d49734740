import { posix } from "node:path";
import { importsOf } from "./parse.mjs";
import { readJson } from "./tree.mjs";

/** What a layer may import; with `type ` before it, by type only. Itself is always allowed. */
const LAYERS = {
  index: ["core"],
  core: [],
  stores: ["core"],
  http: ["core"],
  adapters: ["http", "core"],
  testing: ["core", "stores"],
  client: ["type core"],
  element: ["client"],
  react: ["element", "type client"],
  // The root puts both folders together, and has the state that both work on.
  warlock: ["warlock/auth", "warlock/core"],
  "warlock/auth": ["warlock/core", "warlock"],
  "warlock/core": ["warlock"],
};
/** The rooms of core, each with those it may import. Files at core's root put the rooms together. */
const ROOMS = {
  model: [],
  port: ["model"],
  process: ["port", "model"],
  revocation: ["process", "port", "model"],
  tokens: ["revocation", "process", "port", "model"],
  verbs: ["tokens", "revocation", "process", "port", "model"],
};
/** What the verbs may import of core's root, by type only. */
const ROOT_OF_CORE = /^packages\/rollcall\/src\/core\/(context|sessions-api|options)\.ts$/;
/** Layers that name frameworks by type only: whoever imports them has the framework. */
const NAMES_FRAMEWORKS = new Set(["adapters", "element"]);
/** The domain has no files, sockets or clock of its own. */
const BUILTINS_OF_CORE = new Set(["node:crypto"]);

export function* importDirection(tree) {
  for (const [path, source] of tree.sources) {
    const layer = layerOf(path);
    const { dependencies, peerDependencies } = readJson(tree, `${packageOf(path)}/package.json`);
    const allowed = { ...dependencies, ...peerDependencies };
    if (LAYERS[layer] === undefined) {
      yield {
        place: path,
        text: `"${layer}" is no known layer; add it to scripts/check/imports.mjs`,
      };
      continue;
    }
    for (const found of importsOf(path, source)) {
      const text = found.specifier.startsWith(".")
        ? wrongFile(tree, path, layer, found)
        : wrongPackage(layer, found, allowed);
      if (text !== undefined) yield { place: `${path}:${found.line}`, text };
    }
  }
  yield* intoTheSource(tree);
}

function wrongFile(tree, path, layer, { specifier, typeOnly }) {
  const target = resolveImport(path, specifier);
  if (!tree.files.has(target)) return `imports ${specifier}, which is no file of src`;
  const to = layerOf(target);
  if (to === layer) {
    if (layer === "core") return wrongRoom(path, target, typeOnly);
    const other = storeOf(target);
    if (other === undefined || other === storeOf(path)) return undefined;
    return `imports ${other}: a store may not import another`;
  }
  if (LAYERS[layer].includes(to) || (typeOnly && LAYERS[layer].includes(`type ${to}`)))
    return undefined;
  const allowed = LAYERS[layer].map((name) =>
    name.startsWith("type ") ? `${name.slice(5)} (import type)` : name,
  );
  return `imports ${target}: ${layer} may import ${allowed.join(", ") || "nothing else"} only`;
}

function wrongRoom(path, target, typeOnly) {
  const [from, to] = [roomOf(path), roomOf(target)];
  if (from === undefined || from === to) return undefined;
  if (to === undefined && from === "verbs" && typeOnly && ROOT_OF_CORE.test(target))
    return undefined;
  if (ROOMS[from]?.includes(to)) return undefined;
  const allowed = ROOMS[from]?.join(", ") || "nothing else";
  return `imports ${target}: the room ${from} may import ${allowed} only`;
}

function wrongPackage(layer, { specifier, typeOnly }, allowed) {
  if (specifier.startsWith("node:")) {
    if (layer !== "core" || BUILTINS_OF_CORE.has(specifier)) return undefined;
    return `imports ${specifier}: core may use ${[...BUILTINS_OF_CORE].join(", ")} only`;
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (allowed[name] !== undefined || (typeOnly && NAMES_FRAMEWORKS.has(layer))) return undefined;
  return `imports ${name}, which is not in dependencies: take it as an argument, typed by shape`;
}

/** The demo and the examples show how the package is used, so they see it as anyone does. */
function* intoTheSource(tree) {
  for (const [path, source] of tree.files) {
    if (/^(?:demo|examples)\/test\//.test(path)) continue;
    if (!/^(demo|examples|bench)\/.*\.m?[jt]s$/.test(path)) continue;
    for (const { specifier, line } of importsOf(path, source)) {
      if (
        specifier.startsWith(".") &&
        /^packages\/[^/]+\/(src|dist)\//.test(posix.join(posix.dirname(path), specifier))
      ) {
        yield {
          place: `${path}:${line}`,
          text: `imports ${specifier}: use the package by its name`,
        };
      }
    }
  }
}

/** Cycles between files, found once each, also of types: neither file could be read without the other. */
export function* importCycles(tree) {
  const edges = new Map();
  for (const [path, source] of tree.sources) {
    const targets = importsOf(path, source)
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier }) => resolveImport(path, specifier));
    edges.set(path, targets);
  }
  const done = new Set();
  const cycles = [];
  const visit = (path, trail) => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) cycles.push([...trail.slice(seenAt), path]);
    if (seenAt >= 0 || done.has(path)) return;
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  for (const cycle of cycles) {
    yield { place: cycle[0], text: `imports itself: ${cycle.join(" → ")}` };
  }
}

function resolveImport(path, specifier) {
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts");
}

function layerOf(path) {
  const [, folder, , first = "", ...rest] = path.split("/");
  // A package of its own has Rollcall by its public names alone.
  if (folder !== "rollcall") return rest.length === 0 ? folder : `${folder}/${first}`;
  return rest.length === 0 ? first.replace(/\.ts$/, "") : first;
}

function packageOf(path) {
  return path.split("/").slice(0, 2).join("/");
}

/** `undefined` for the files at core's root. */
function roomOf(path) {
  return /^packages\/rollcall\/src\/core\/([^/]+)\//.exec(path)?.[1];
}

function storeOf(path) {
  return /^packages\/rollcall\/src\/(stores\/[^/]+)\//.exec(path)?.[1];
}
