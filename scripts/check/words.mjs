import { lineAt, unsafeTypesOf } from "./parse.mjs";

/** Folders that exist on somebody's machine only. */
const MACHINE_PATH = /(?<=^|[\s"'`(=:[])\/(?:home|root|Users|tmp|work|workspace)\/[\w.-]+/gm;

const SILENCED = /@ts-(?:ignore|nocheck|expect-error)/g;

export function* forbiddenWords(tree) {
  for (const [path, text] of tree.files) {
    for (const match of text.matchAll(MACHINE_PATH)) {
      yield { place: placeOf(path, text, match), text: `names a machine's path, ${match[0]}` };
    }
  }
  for (const [path, source] of tree.sources) {
    for (const { line, text } of unsafeTypesOf(path, source))
      yield { place: `${path}:${line}`, text };
    for (const match of source.matchAll(SILENCED)) {
      yield { place: placeOf(path, source, match), text: `${match[0]} silences the compiler` };
    }
  }
}

function placeOf(path, text, match) {
  return `${path}:${lineAt(text, match.index)}`;
}
