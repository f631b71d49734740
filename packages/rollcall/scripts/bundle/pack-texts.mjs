import assert from "node:assert";
import { build } from "esbuild";

/**
 * Alphabets that lie together in Unicode, moved to where ASCII has its letters: each letter is one
 * byte then, and one that the code around it uses as well. `back` finds what was moved.
 */
const MOVED = {
  ar: { letters: /[\u060c\u061b\u061f\u0621-\u0652]/g, by: 0x5e0, back: "[,;?A-r]" },
  ja: { letters: /[\u3042-\u3093]/g, by: 0x3020, back: '["-s]' },
};

/** The languages as one string each: what a text is for is said once, not seven times. */
export const packTexts = {
  name: "pack-texts",
  setup(build) {
    build.onLoad({ filter: /src\/element\/texts\/translations\.ts$/ }, async ({ path }) => {
      const { translations } = await run({ entryPoints: [path] });
      const contents = packed(translations);
      const unpacked = await run({ stdin: { contents } });
      assert.deepEqual(unpacked.translations, translations, "a text cannot be packed");
      return { contents, loader: "js" };
    });
  },
};

async function run(what) {
  const { outputFiles } = await build({ ...what, bundle: true, write: false, format: "esm" });
  const [{ contents }] = outputFiles;
  return await import(`data:text/javascript;base64,${Buffer.from(contents).toString("base64")}`);
}

function packed(translations) {
  const keys = Object.keys(translations.en);
  const languages = Object.entries(translations).map(([tag, texts]) => {
    const said = keys.map((key) => texts[key]).join("|");
    const more = Object.entries(texts).filter(([key]) => !keys.includes(key));
    const unpack = `unpack(${MOVED[tag] ? moved(said, MOVED[tag]) : JSON.stringify(said)})`;
    const object = more.map(([key, text]) => `${key}: ${JSON.stringify(text)}`);
    return `${tag}: ${more.length === 0 ? unpack : `{ ...${unpack}, ${object} }`}`;
  });
  return `
    const keys = ${JSON.stringify(keys.join("|"))}.split("|");
    const unpack = (said) =>
      Object.fromEntries(said.split("|").map((text, index) => [keys[index], text]));
    const move = (said, moved, by) =>
      said.replace(moved, (letter) => String.fromCharCode(letter.charCodeAt() + by));
    export const translations = { ${languages.join(",\n")} };`;
}

function moved(said, { letters, by, back }) {
  const short = said.replace(letters, (letter) => String.fromCharCode(letter.charCodeAt() - by));
  // The names in braces stay as they are.
  return `move(${JSON.stringify(short)}, /${back}(?!\\w*})/g, ${by})`;
}
