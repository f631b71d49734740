import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Properties that are nobody's business but the element's and the client's: in the bundle their names
 * are a letter or two. A name may stand here when nothing of the browser's that they use has a
 * property of that name. Not here: what pages, servers and other tabs see.
 */
export const INTERNAL_NAMES = [
  // What the screen shows, and what a person is doing.
  ..."act announcement asking behind busy confirm dismiss phase online readAt renaming shown".split(
    " ",
  ),
  ..."requestUpdate updateComplete willUpdate updated goToSignIn emit onStep say startRenaming stopRenaming update what".split(
    " ",
  ),
  // How it says it.
  ..."above hint kindDirection locale look nameDirection relative submits texts way".split(" "),
  // The page around.
  ..."before after initial onOnline onStale onVisibility".split(" "),
  // The client's parts among themselves.
  ..."adopt follow hear inTurn linked pause prove tell".split(" "),
];

/** Where names stand that others use. */
const PUBLIC = [
  "client/client-api.ts",
  "client/client-error.ts",
  "core/model/session-view.ts",
  "element/custom-elements.json",
  "element/element-events.ts",
  "element/texts/texts.ts",
];

/** @throws Error naming what must keep its name, and what is not there any more. */
export async function checkNames(root, mangled) {
  const files = PUBLIC.map((file) => readFile(join(root, "src", file), "utf8"));
  const text = (await Promise.all(files)).join("\n");
  for (const name of INTERNAL_NAMES) {
    if (new RegExp(`\\b${name}\\??[:(<]|"${name}"`).test(text)) {
      throw new Error(`${name} is public: take it out of INTERNAL_NAMES`);
    }
    if (mangled[name] === undefined) {
      throw new Error(`nothing is called ${name}: take it out of INTERNAL_NAMES`);
    }
  }
}
