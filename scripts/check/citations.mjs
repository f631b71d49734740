import { posix } from "node:path";
import { lineAt } from "./parse.mjs";

/** The pages of the contract. Their headings begin with the number of the section. */
const CONTRACT = /^docs\/contract(?:-[a-z]+)?\.md$/;
/** `contract §4.1`, `docs/contract.md §4.1, §4.2 and §4.4`; a comment may break the line in between. */
const CITATION =
  /\bcontract(?:\.md)?[\s*/]+((?:(?:,|,? and|,? or|,? to)?[\s*/]*§\d+(?:\.\d+)*)+)/gi;
const UNMARKED = /\bcontract(?:\.md)?[\s*/]+(?:section )?\d+(?:\.\d+)*/gi;
const ANCHORED = /\]\((?![a-z]+:)([^)\s#]*)#([^)\s]+)\)/g;

/** Whoever cites a section of the contract leads the reader to a heading. */
export function* citedSections(tree) {
  const sections = new Set();
  for (const [path, text] of tree.files) {
    if (!CONTRACT.test(path)) continue;
    for (const heading of headingsOf(text)) {
      const [, number] = /^(\d+(?:\.\d+)*)\.? /.exec(heading) ?? [];
      if (number === undefined) continue;
      if (sections.has(number)) yield { place: path, text: `has a second section ${number}` };
      sections.add(number);
    }
  }
  for (const [path, text] of tree.files) {
    for (const match of text.matchAll(CITATION)) {
      for (const [number] of match[1].matchAll(/\d+(?:\.\d+)*/g)) {
        if (sections.has(number)) continue;
        yield {
          place: `${path}:${lineAt(text, match.index)}`,
          text: `cites section ${number} of docs/contract.md, which has none of that number`,
        };
      }
    }
    for (const match of text.matchAll(UNMARKED)) {
      yield {
        place: `${path}:${lineAt(text, match.index)}`,
        text: `says "${match[0]}": cite a section with a § before its number`,
      };
    }
  }
}

/** A link from document to document that names a heading leads to it. */
export function* linkedHeadings(tree) {
  const anchors = new Map();
  for (const [path, text] of tree.files) {
    if (path.endsWith(".md")) anchors.set(path, anchorsOf(text));
  }
  for (const path of anchors.keys()) {
    const text = withoutCode(tree.files.get(path));
    for (const { index, 1: target, 2: anchor } of text.matchAll(ANCHORED)) {
      const to = target === "" ? path : posix.join(posix.dirname(path), target);
      if (!to.endsWith(".md") || anchors.get(to)?.has(anchor)) continue;
      const reason = anchors.has(to) ? `${to} has no such heading` : `there is no ${to}`;
      yield { place: `${path}:${lineAt(text, index)}`, text: `links to #${anchor}: ${reason}` };
    }
  }
}

/** The anchors that GitHub and npm give the headings of a document. */
function anchorsOf(text) {
  const anchors = new Set();
  const seen = new Map();
  for (const heading of headingsOf(text)) {
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    const earlier = seen.get(name) ?? 0;
    seen.set(name, earlier + 1);
    anchors.add(earlier === 0 ? name : `${name}-${earlier}`);
  }
  return anchors;
}

function headingsOf(text) {
  return [...withoutCode(text).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading]) => heading);
}

/** With the lines of code blocks emptied, so that every place stays put. */
function withoutCode(text) {
  return text.replace(/^ *```.*?^ *```/gms, (block) => block.replace(/[^\n]/g, ""));
}
