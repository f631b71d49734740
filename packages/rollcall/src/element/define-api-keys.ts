/**
 * Registers `<rollcall-api-keys>`. The file for script tags is made from it.
 *
 * @example
 * ```ts
 * import "rollcall/element/define-api-keys";
 *
 * const keys = document.createElement("rollcall-api-keys");
 * keys.scopes = "orders:read orders:write";
 * document.body.append(keys);
 * ```
 *
 * @module
 */
// First, so that the translations come first in the bundle, which makes it smaller.
export { addLanguage } from "./texts/languages.js";

import { RollcallApiKeys } from "./api-keys/api-keys-element.js";

export { RollcallApiKeys };

if (customElements.get("rollcall-api-keys") === undefined) {
  customElements.define("rollcall-api-keys", RollcallApiKeys);
}
