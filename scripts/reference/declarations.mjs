// The public types of a package as a compiler sees them, made from its sources without a build.
// TypeScript 7 has no interface for programs yet, so this is the last TypeScript that has one.
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript59";

/** The package's declarations are kept in memory, under this folder. */
const VIRTUAL = "/declarations";

const OPTIONS = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  declaration: true,
  isolatedDeclarations: true,
  stripInternal: true,
  noLib: true,
  types: [],
};

/**
 * Reads the entry points that package.json exports.
 *
 * @returns the compiler's checker, and for each entry point its name and its exported symbols.
 */
export function readEntries(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entries = Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    const [, stem] = /^\.\/dist\/(.+)\.d\.ts$/.exec(target.types ?? "") ?? [];
    if (stem === undefined) return [];
    return { name: manifest.name + subpath.slice(1), file: `${VIRTUAL}/${stem}.d.ts` };
  });
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    OPTIONS,
    virtualHost(folder),
  );
  const checker = program.getTypeChecker();
  return {
    checker,
    entries: entries.map(({ name, file }) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(file));
      if (module === undefined) throw new Error(`${name}: ${file} exports nothing`);
      return { name, symbols: exportsOf(checker, module) };
    }),
  };
}

/** What a module exports, by the names it gives, each as what it stands for. */
function exportsOf(checker, module) {
  return checker
    .getExportsOfModule(module)
    .map((symbol) => ({ name: symbol.name, symbol: original(checker, symbol) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a name stands for that another file has given. */
export function original(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Whether a declaration is the package's own. */
export function isOwn(declaration) {
  return declaration.getSourceFile().fileName.startsWith(`${VIRTUAL}/`);
}

/** Gives the compiler the declarations of each source in place of the source. */
function virtualHost(folder) {
  const made = new Map();
  const sourceOf = (path) => {
    const inside = posix.relative(VIRTUAL, path);
    if (inside.startsWith("..") || !inside.endsWith(".d.ts")) return undefined;
    return join(folder, "src", inside.replace(/\.d\.ts$/, ".ts"));
  };
  const declarationsOf = (path) => {
    if (!made.has(path)) {
      const text = readFileSync(sourceOf(path), "utf8");
      const { outputText } = ts.transpileDeclaration(text, { compilerOptions: OPTIONS });
      made.set(path, ts.createSourceFile(path, outputText, ts.ScriptTarget.ES2023, true));
    }
    return made.get(path);
  };
  const exists = (path) => {
    const source = sourceOf(path);
    return source !== undefined && existsSync(source);
  };
  return {
    fileExists: exists,
    readFile: (path) => (exists(path) ? declarationsOf(path).text : undefined),
    getSourceFile: (path) => (exists(path) ? declarationsOf(path) : undefined),
    getDefaultLibFileName: () => "lib.d.ts",
    getCurrentDirectory: () => VIRTUAL,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile() {},
  };
}
