/**
 * Registers `<rollcall-sessions>`: the only entry point that does something by being imported. The
 * file for script tags is made from it.
 *
 * @example
 * ```ts
 * import "rollcall/element/define";
 *
 * document.body.append(document.createElement("rollcall-sessions"));
 * ```
 *
 * @module
 */
export { addLanguage } from "./texts/languages.js";

import { RollcallSessions } from "./sessions-element.js";

export { RollcallSessions };

// Twice on a page, as a module and by a script tag, the first stays.
if (customElements.get("rollcall-sessions") === undefined) {
  customElements.define("rollcall-sessions", RollcallSessions);
}
