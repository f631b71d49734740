// A scanner for just enough TypeScript: tells code from comments, texts and patterns. TypeScript 7
// has no stable interface for programs yet, and these few lines need none.

/** After one of these a slash begins a pattern, not a division. */
const BEFORE_PATTERN =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void))\s*$/;

/** The source with comments and the insides of texts and patterns blanked; every place stays put. */
export function blank(source) {
  let out = "";
  let at = 0;
  const keep = (count) => {
    out += source.slice(at, at + count);
    at += count;
  };
  const hide = (end) => {
    out += source.slice(at, end).replace(/[^\n]/g, " ");
    at = end;
  };
  const code = (closing) => {
    for (let depth = 0; at < source.length; ) {
      const char = source[at];
      const pair = source.slice(at, at + 2);
      if (pair === "//") hide(indexOr(source, "\n", at));
      else if (pair === "/*") hide(indexOr(source, "*/", at) + 2);
      else if (char === '"' || char === "'") quoted(char);
      else if (char === "`") template();
      else if (char === "/" && BEFORE_PATTERN.test(out.slice(-20))) pattern();
      else if (char === closing && depth === 0) return;
      else {
        if (char === "{") depth++;
        if (char === "}") depth--;
        keep(1);
      }
    }
  };
  const quoted = (mark) => {
    keep(1);
    let end = at;
    while (end < source.length && source[end] !== mark && source[end] !== "\n") {
      end += source[end] === "\\" ? 2 : 1;
    }
    hide(end);
    keep(1);
  };
  const template = () => {
    keep(1);
    while (at < source.length && source[at] !== "`") {
      if (source.startsWith("${", at)) {
        keep(2);
        code("}");
        keep(1);
      } else hide(at + (source[at] === "\\" ? 2 : 1));
    }
    keep(1);
  };
  const pattern = () => {
    keep(1);
    let end = at;
    for (let inClass = false; end < source.length && source[end] !== "\n"; end++) {
      if (source[end] === "\\") end++;
      else if (source[end] === "[") inClass = true;
      else if (source[end] === "]") inClass = false;
      else if (source[end] === "/" && !inClass) break;
    }
    hide(end);
    keep(1);
  };
  code(undefined);
  return out;
}

function indexOr(source, text, from) {
  const found = source.indexOf(text, from);
  return found < 0 ? source.length : found;
}

const STATEMENT =
  /\b(?:import(?<importType>\s+type\b(?!\s*(?:,|from\b)))?\s*(?:[\w$*{},\s]+?\bfrom\s*)?|export(?<exportType>\s+type)?\s*(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s*from\s*|import\s*\(\s*)(?<quote>["'])/g;

/** What a source imports: specifier, line, and whether it is by type only (erased). */
export function importsOf(source) {
  const code = blank(source);
  const found = [];
  for (const match of code.matchAll(STATEMENT)) {
    const { importType, exportType, quote } = match.groups;
    const from = match.index + match[0].length;
    found.push({
      specifier: source.slice(from, code.indexOf(quote, from)),
      line: lineAt(source, match.index),
      typeOnly: importType !== undefined || exportType !== undefined,
    });
  }
  return found;
}

/** The line of a place in a text, counted from 1. */
export function lineAt(source, index) {
  return source.slice(0, index).split("\n").length;
}
