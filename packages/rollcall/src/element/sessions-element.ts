import type { TemplateResult } from "lit/html.js";
import type { ListedSession } from "../client/client-api.js";
import { AccountElement, accountProperties, attributesOf } from "./account-element.js";
import type { PropertyOptions } from "./drawn-element.js";
import type { SessionsEventMap } from "./element-events.js";
import { groupsOf, page } from "./page.js";
import type { Screen } from "./screen.js";

/**
 * `<rollcall-sessions>`: where a person is signed in, and a way to end each sign-in.
 *
 * @example
 * ```html
 * <rollcall-sessions base-url="https://api.example" sign-in-url="/sign-in"></rollcall-sessions>
 * ```
 *
 * @example
 * ```ts
 * import { RollcallSessions } from "rollcall/element";
 *
 * customElements.define("my-sessions", RollcallSessions);
 * ```
 */
export class RollcallSessions extends AccountElement {
  static readonly properties: Readonly<Record<string, PropertyOptions>> = accountProperties;
  static readonly observedAttributes: readonly string[] = attributesOf(accountProperties);

  constructor() {
    super(accountProperties);
  }

  protected override groups(screen: Screen): Readonly<Record<string, readonly ListedSession[]>> {
    return groupsOf(screen);
  }

  protected override draw(screen: Screen): TemplateResult {
    return page(screen);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "rollcall-sessions": RollcallSessions;
  }
  interface GlobalEventHandlersEventMap extends SessionsEventMap {}
}
