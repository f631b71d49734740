const CODES = "packages/rollcall/src/core/model/errors.ts";
const DOCS = "docs/errors.md";

/** docs/errors.md has a heading for each code of the union, and for no other. */
export function* errorDocs(tree) {
  const union = /export type SessionErrorCode =([^;]+);/.exec(tree.files.get(CODES) ?? "")?.[1];
  const docs = tree.files.get(DOCS);
  if (union === undefined) return yield { place: CODES, text: "has no union SessionErrorCode" };
  if (docs === undefined) return yield { place: DOCS, text: "is missing" };
  const codes = new Set([...union.matchAll(/"([a-z_]+)"/g)].map(([, code]) => code));
  const documented = new Set([...docs.matchAll(/^## `([a-z_]+)`/gm)].map(([, code]) => code));
  for (const code of codes) {
    if (!documented.has(code)) yield { place: DOCS, text: `has no heading "## \`${code}\`"` };
  }
  for (const code of documented) {
    if (!codes.has(code))
      yield { place: DOCS, text: `describes ${code}, which is not in ${CODES}` };
  }
}
