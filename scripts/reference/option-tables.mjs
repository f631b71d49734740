// docs/configuration.md: every option of every entry point, from its type and its comment.
import ts from "typescript59";
import { commentOf, partsOf } from "./comments.mjs";

const NOTE = "<!-- Made from the types by `npm run docs`. Do not edit. -->";

const INTRODUCTION = `# Configuration

Every option, by the entry point that takes it. Only those whose default is "required" must be given.

A **duration** is a number of milliseconds, or a string with a unit: \`"500ms"\`, \`"30s"\`, \`"15m"\`, \`"1h"\`, \`"7d"\`,
\`"1y"\`. An option that cannot work is refused with a \`TypeError\` that names it, when the object is made.
[The API reference](api/README.md) has the comments in full, with examples.`;

/** The page, and what is missing in the comments that it is made of. */
export function configuration({ entries }, attributes) {
  const done = new Set();
  const problems = [];
  const parts = [INTRODUCTION];
  for (const { name, symbols } of entries) {
    const interfaces = symbols
      .filter(({ symbol }) => isOptions(symbol) && !done.has(symbol))
      // The one that is met first has the most.
      .toSorted((a, b) => b.symbol.members.size - a.symbol.members.size);
    if (interfaces.length === 0) continue;
    parts.push(`## \`${name}\``);
    for (const { name: exported, symbol } of interfaces) {
      done.add(symbol);
      parts.push(`### ${exported}`, ...table(exported, symbol, problems));
    }
  }
  parts.push(...attributeTable(attributes));
  return { text: `${NOTE}\n${parts.join("\n\n")}\n`, problems };
}

function isOptions(symbol) {
  return symbol.name.endsWith("Options") && (symbol.flags & ts.SymbolFlags.Interface) !== 0;
}

function* table(exported, symbol, problems) {
  const [declaration] = symbol.declarations;
  const { text } = partsOf(commentOf(declaration));
  if (text !== "") yield text;
  for (const base of declaration.heritageClauses ?? []) {
    const names = base.types.map((type) => link(type.getText()));
    yield `Takes the options of ${names.join(" and ")} too.`;
  }
  const rows = declaration.members.flatMap((member) => rowsOf(member, "", exported, problems));
  yield [
    "| option | type and unit | default | what it is | when to change it |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** To another table of the page, where it is one. */
function link(type) {
  return /^\w+$/.test(type) ? `[${type}](#${type.toLowerCase()})` : `\`${type}\``;
}

/** A row for an option; of an object of options, one for each of those. */
function rowsOf(member, prefix, place, problems) {
  const name = prefix + member.name.getText();
  const { text, tags } = partsOf(commentOf(member));
  const told = new Map(tags);
  const isRequired = member.questionToken === undefined;
  if (text === "") problems.push(`${place}.${name} has no comment`);
  if (!isRequired && !told.has("default")) problems.push(`${place}.${name} has no @default`);
  const inner = member.type && ts.isTypeLiteralNode(member.type) ? member.type.members : [];
  const row = [
    `\`${name}\``,
    inner.length > 0 ? "object" : typeOf(member, told.get("unit")),
    isRequired ? "required" : (told.get("default") ?? ""),
    text,
    told.get("remarks") ?? "",
  ];
  return [
    `| ${row.map(cell).join(" | ")} |`,
    ...inner.flatMap((one) => rowsOf(one, `${name}.`, place, problems)),
  ];
}

function typeOf(member, unit) {
  const written = member.type?.getText().replace(/\s+/g, " ") ?? "function";
  const type = written.replace(/ \| undefined$/, "");
  if (/^Duration\b/.test(type)) return "duration";
  return `\`${type}\`${unit === undefined ? "" : ` (${unit})`}`;
}

/** Markdown that fits into a cell of a table: one line, without the examples and what leads to them. */
function cell(text) {
  return text
    .replace(/[^.]*:\n*^```[\s\S]*?^```$\n*/gm, "")
    .replace(/\s*\n\s*\n\s*/g, "<br>")
    .replace(/\s*\n\s*/g, " ")
    .replace(/(<br>)+$|^(<br>)+/g, "")
    .replaceAll("|", "\\|")
    .trim();
}

function attributeTable(attributes) {
  const rows = attributes.map(
    ({ name, type, default: standard = "", description }) =>
      `| \`${name}\` | \`${cell(type.text)}\` | ${standard === "" ? "" : `\`${standard}\``} | ${cell(description)} |`,
  );
  return [
    "## `<rollcall-sessions>`",
    "Attributes of the element. [Its page](element.md) has its properties, events and styles too.",
    ["| attribute | type | default | what it does |", "| --- | --- | --- | --- |", ...rows].join(
      "\n",
    ),
  ];
}
