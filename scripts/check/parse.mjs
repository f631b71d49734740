import { parseSync, Visitor } from "oxc-parser";

/** Visits the syntax tree of a source, whose path says its language. */
function visit(path, source, visitor) {
  new Visitor(visitor).visit(parseSync(path, source).program);
}

/** What a source imports: specifier, line, and whether it is by type only (erased). */
export function importsOf(path, source) {
  const found = [];
  const add = (from, at, typeOnly) => {
    // What is computed at run time names no file, nor does an export of what is declared here.
    if (from?.type !== "Literal") return;
    found.push({ specifier: from.value, line: lineAt(source, at), typeOnly });
  };
  visit(path, source, {
    ImportDeclaration: (node) => add(node.source, node.start, node.importKind === "type"),
    ExportAllDeclaration: (node) => add(node.source, node.start, node.exportKind === "type"),
    ExportNamedDeclaration: (node) => add(node.source, node.start, node.exportKind === "type"),
    ImportExpression: (node) => add(node.source, node.start, false),
    TSImportType: (node) => add(node.source, node.start, true),
  });
  return found;
}

/** Where a source says `any`, and where it casts by way of `unknown`. */
export function unsafeTypesOf(path, source) {
  const found = [];
  visit(path, source, {
    TSAnyKeyword: ({ start }) =>
      found.push({ line: lineAt(source, start), text: "says any; say what it is" }),
    TSAsExpression({ start, expression: inner }) {
      if (inner.type !== "TSAsExpression") return;
      if (inner.typeAnnotation.type !== "TSUnknownKeyword") return;
      found.push({
        line: lineAt(source, start),
        text: "casts by way of unknown; narrow it instead",
      });
    },
  });
  return found;
}

/** The line of a place in a text, counted from 1. */
export function lineAt(source, index) {
  return source.slice(0, index).split("\n").length;
}
