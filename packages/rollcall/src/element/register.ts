import { RollcallSessions } from "./sessions-element.js";

/** Twice on a page, as a module and by a script tag, the first stays. */
export function register(): void {
  if (customElements.get("rollcall-sessions") !== undefined) return;
  customElements.define("rollcall-sessions", RollcallSessions);
}
