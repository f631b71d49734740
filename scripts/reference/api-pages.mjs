// One page for each entry point: what it exports, with the comments, as the compiler sees it.
import ts from "typescript59";
import { commentOf, partsOf } from "./comments.mjs";
import { isOwn, original } from "./declarations.mjs";

const NOTE = "<!-- Made from the types by `npm run api`. Do not edit. -->";

const TITLES = {
  throws: "Throws",
  param: "Parameter",
  returns: "Returns",
  default: "Default",
  example: "Example",
  see: "See",
};

/** Every page of the reference by its file's name. */
export function apiPages({ checker, entries }) {
  const places = placesOf(entries);
  const pages = new Map();
  for (const entry of entries) pages.set(fileOf(entry.name), apiPage(checker, entry, places));
  pages.set("README.md", index(entries));
  return pages;
}

function fileOf(name) {
  return `${name.replaceAll("/", "-")}.md`;
}

/** Where each symbol is described: by the first entry point that exports it. */
function placesOf(entries) {
  const places = new Map();
  for (const { name, symbols } of entries) {
    for (const { name: exported, symbol } of symbols) {
      if (!places.has(symbol)) places.set(symbol, { exported, entry: name });
    }
  }
  return places;
}

function index(entries) {
  const rows = entries.map(
    ({ name, symbols }) =>
      `| [\`${name}\`](${fileOf(name)}) | ${symbols.map(({ name: exported }) => `\`${exported}\``).join(", ")} |`,
  );
  return `${NOTE}\n# API reference\n\nEverything the package exports, by entry point.\n\n| import from | exports |\n| --- | --- |\n${rows.join("\n")}\n`;
}

function apiPage(checker, { name, symbols }, places) {
  const exported = new Set(symbols.map(({ symbol }) => symbol));
  const described = symbols.map((one) => described_(one));
  const hidden = new Set();
  const elsewhere = new Set();
  const queue = [...exported];
  const seen = new Set(queue);
  for (const symbol of queue) {
    for (const used of symbolsIn(checker, symbol)) {
      if (seen.has(used)) continue;
      seen.add(used);
      if (places.has(used)) elsewhere.add(used);
      else {
        hidden.add(used);
        queue.push(used);
      }
    }
  }
  const parts = [`${NOTE}\n# \`${name}\``, ...described];
  if (hidden.size > 0) {
    parts.push("## Used above, and not exported");
    for (const symbol of sorted(hidden))
      parts.push(described_({ name: symbol.name, symbol }, "###"));
  }
  if (elsewhere.size > 0) {
    const links = sorted(elsewhere).map((symbol) => {
      const { exported: shown, entry } = places.get(symbol);
      return `[\`${shown}\`](${fileOf(entry)}#${shown.toLowerCase()})`;
    });
    parts.push(`## Exported elsewhere\n\n${links.join(", ")}`);
  }
  return `${parts.join("\n\n")}\n`;
}

function sorted(symbols) {
  return [...symbols].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function described_({ name, symbol }, level = "##") {
  const parts = [`${level} \`${name}\``];
  for (const declaration of symbol.declarations) {
    const statement = statementOf(declaration);
    const { text, tags } = partsOf(commentOf(statement));
    if (text !== "") parts.push(fenced(text));
    parts.push(`\`\`\`typescript\n${shortened(statement.getText())}\n\`\`\``);
    for (const [tag, rest] of tags) parts.push(fenced(tagged(tag, rest)));
  }
  return parts.join("\n\n");
}

function tagged(tag, rest) {
  const title = `**${TITLES[tag] ?? tag}**`;
  return tag === "example" ? `${title}\n\n${rest}` : `${title}: ${rest}`;
}

/** Examples are compiled where they are written: here their fence has another name. */
function fenced(text) {
  return text.replace(/^```tsx?$/gm, "```typescript");
}

function shortened(text) {
  return text
    .replace(/^export (declare )?/, "")
    .replace(/^( {4})+/gm, (spaces) => " ".repeat(spaces.length / 2));
}

/** A name is declared within a statement, which has the comment. */
function statementOf(declaration) {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

/** The package's own symbols that a declaration names. */
function* symbolsIn(checker, symbol) {
  const found = [];
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const named = checker.getSymbolAtLocation(node);
      const used = named === undefined ? undefined : original(checker, named);
      const [declaration] = used?.declarations ?? [];
      const top = declaration && statementOf(declaration);
      if (top !== undefined && isOwn(declaration) && ts.isSourceFile(top.parent)) found.push(used);
    }
    ts.forEachChild(node, visit);
  };
  for (const declaration of symbol.declarations) visit(statementOf(declaration));
  yield* found;
}
