import type { TemplateResult } from "lit/html.js";
import type { ListedSession } from "../../client/client-api.js";
import { AccountElement, accountProperties, attributesOf } from "../account-element.js";
import { namingOf } from "../describe.js";
import type { PropertyOptions } from "../drawn-element.js";
import type { Screen } from "../screen.js";
import { fillText } from "../texts/fill.js";
import { createKeyMaker } from "./key-maker.js";
import { keyStyles } from "./key-styles.js";
import { keysOf, keysPage } from "./keys-page.js";
import { keyTextsOf } from "./texts/translations.js";

const properties: Readonly<Record<string, PropertyOptions>> = {
  ...accountProperties,
  scopes: { initial: "", attribute: "scopes" },
};

/**
 * `<rollcall-api-keys>`: a person's API keys: makes them, shows each once, and revokes them.
 *
 * @example
 * ```html
 * <rollcall-api-keys scopes="orders:read orders:write"></rollcall-api-keys>
 * ```
 */
export class RollcallApiKeys extends AccountElement {
  static readonly properties: Readonly<Record<string, PropertyOptions>> = properties;
  static readonly observedAttributes: readonly string[] = attributesOf(properties);

  /** The scopes that a key may be given, with spaces between them. @default none */
  declare scopes: string;

  readonly #maker = createKeyMaker({
    client: () => this.clientInUse,
    now: () => this.now,
    update: () => this.requestUpdate(),
    onMade: ({ session }) => {
      const { name } = namingOf(session, this.language);
      void this.say(fillText(keyTextsOf(this.language).made, { name }));
      this.emit("rollcall-key-created", { session });
      this.readAgain();
    },
    onProblem: (problem) => {
      if (problem === "signed-out") this.readAgain();
      else this.emit("rollcall-error", { action: "create-key", problem });
    },
    reauthenticate: (detail) => {
      if (this.emit("rollcall-reauthenticate", detail)) this.goToSignIn();
    },
  });

  constructor() {
    super(properties, keyStyles, Number.POSITIVE_INFINITY);
  }

  protected override groups(screen: Screen): Readonly<Record<string, readonly ListedSession[]>> {
    return { keys: keysOf(screen) };
  }

  protected override draw(screen: Screen): TemplateResult {
    // One form at a time: the focus goes into it.
    if (screen.renaming !== null) this.#maker.leave();
    const scopes = this.scopes.split(/\s+/).filter((scope) => scope !== "");
    return keysPage(screen, this.#maker, scopes);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "rollcall-api-keys": RollcallApiKeys;
  }
}
