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
// First, so that the translations come first in the bundle, which makes it smaller.
export { addLanguage } from "./texts/languages.js";

import { register } from "./register.js";

export { RollcallSessions } from "./sessions-element.js";

register();
