import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

/** Spaces between tags, and those of style sheets, are for people who read the source. */
export const templates = {
  name: "templates",
  setup(build) {
    build.onLoad({ filter: /src\/element\/[\w-]+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = await replaceAsync(source, /\bcss`([^`]*)`/g, async ([, sheet]) => {
        const { code } = await transform(sheet, { loader: "css", minify: true });
        // esbuild leaves custom properties as they are: in general a space might matter there.
        const short = code.trim().replaceAll(": var(", ":var(").replaceAll(", ", ",");
        return `\`${short.replaceAll("\\", "\\\\")}\``;
      });
      return { contents: shortened(contents), loader: "ts" };
    });
  },
};

function shortened(source) {
  return (
    source
      // At the ends of a template, around what is filled in, between attributes, before a tag ends.
      .replace(/\bhtml`\s+/g, "html`")
      .replace(/\n\s+`/g, "`")
      .replace(/([>}])\s*\n\s*(<|\$\{)/g, "$1$2")
      .replace(/\n\s+(?=[@.?\w-]+=["$])/g, " ")
      .replace(/\n\s+(?=\/?>)/g, "")
      .replace(/\n\s+/g, "\n")
      // A value of one word needs no quotes, but where a slash would become part of it.
      .replace(/(\s[\w-]+=)"([\w-]+)"(?=[\s>])/g, "$1$2")
  );
}

async function replaceAsync(text, pattern, replace) {
  const pieces = await Promise.all([...text.matchAll(pattern)].map(replace));
  return text.replace(pattern, () => pieces.shift());
}
