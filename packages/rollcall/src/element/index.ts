/**
 * The screen "Where you're signed in", as a custom element. This entry point defines nothing;
 * `rollcall/element/define` registers `<rollcall-sessions>`.
 *
 * @example
 * ```ts
 * import "rollcall/element/define";
 *
 * const screen = document.createElement("rollcall-sessions");
 * screen.signInUrl = "/sign-in";
 * document.body.append(screen);
 * ```
 *
 * @module
 */

export { RollcallApiKeys } from "./api-keys/api-keys-element.js";
export type { ApiKeyTexts } from "./api-keys/texts/api-key-texts.js";
export type {
  ErrorDetail,
  KeyCreatedDetail,
  ReauthenticateDetail,
  RenamedDetail,
  RevokedDetail,
  SessionsAction,
  SessionsEventMap,
  SignedOutDetail,
} from "./element-events.js";
export type { Problem } from "./problem.js";
export { RollcallSessions } from "./sessions-element.js";
export { addLanguage } from "./texts/languages.js";
export type { Texts } from "./texts/texts.js";
