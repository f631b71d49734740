import { RollcallSessions } from "./sessions-element.js";

/** If a page loads the element twice, as a module and by a script tag, the first one stays. */
export function register(): void {
  if (customElements.get("rollcall-sessions") !== undefined) return;
  customElements.define("rollcall-sessions", RollcallSessions);
}
