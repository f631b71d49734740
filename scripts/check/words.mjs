import { blank, lineAt } from "./scan.mjs";

/** Folders that exist on somebody's machine only. */
const MACHINE_PATH = /(?<=^|[\s"'`(=:[])\/(?:home|root|Users|tmp|work|workspace)\/[\w.-]+/gm;

/** In code, with comments and texts left out. */
const IN_CODE = [
  [/\bas\s+any\b|[:<|,]\s*any\b(?!\s*[:(])/g, "says any; say what it is"],
  [/\bas\s+unknown\s+as\b/g, "casts by way of unknown; narrow it instead"],
];
const SILENCED = /@ts-(?:ignore|nocheck|expect-error)/g;

export function* forbiddenWords(tree) {
  for (const [path, text] of tree.files) {
    for (const match of text.matchAll(MACHINE_PATH)) {
      yield { place: placeOf(path, text, match), text: `names a machine's path, ${match[0]}` };
    }
  }
  for (const [path, source] of tree.sources) {
    const code = blank(source);
    for (const [pattern, text] of IN_CODE) {
      for (const match of code.matchAll(pattern))
        yield { place: placeOf(path, source, match), text };
    }
    for (const match of source.matchAll(SILENCED)) {
      yield { place: placeOf(path, source, match), text: `${match[0]} silences the compiler` };
    }
  }
}

function placeOf(path, text, match) {
  return `${path}:${lineAt(text, match.index)}`;
}
