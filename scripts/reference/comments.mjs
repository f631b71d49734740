import ts from "typescript59";

/** The comment before a declaration, without its stars; empty where there is none. */
export function commentOf(declaration) {
  const [comment] = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc).slice(-1);
  if (comment === undefined) return "";
  return comment
    .getText()
    .replace(/^\/\*\*|\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}

/** A comment in two: what it says, and what its tags say, `[name, text]` each in their order. */
export function partsOf(comment) {
  const [text = "", ...tags] = plainLinks(comment).split(
    /^@(?=[a-z])|(?<=[.:)`\w] )@(?=(?:default|throws|remarks|unit)\b)/m,
  );
  return {
    text: text.trim(),
    tags: tags.map((tag) => {
      const [, name, rest] = /^(\w+)\s*(.*)$/s.exec(tag) ?? [];
      return [name, rest.trim()];
    }),
  };
}

/** `{@link name}` is for editors. */
function plainLinks(text) {
  return text.replace(/\{@link ([^}|\s]+)[^}]*\}/g, "`$1`");
}
