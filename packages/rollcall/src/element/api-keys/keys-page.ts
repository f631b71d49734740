import { html, nothing, type TemplateResult } from "lit/html.js";
import type { ListedSession } from "../../client/client-api.js";
import { button } from "../button.js";
import { isKey } from "../describe.js";
import { frame } from "../page.js";
import type { Screen } from "../screen.js";
import { keyForm, newKey } from "./key-form.js";
import type { KeyMaker } from "./key-maker.js";
import { keyTextsOf } from "./texts/translations.js";

/** The keys, newest first. */
export function keysOf({ list }: Screen): readonly ListedSession[] {
  return list.sessions?.filter(isKey) ?? [];
}

/** The whole screen except the rows. */
export function keysPage(
  screen: Screen,
  maker: KeyMaker,
  scopes: readonly string[],
): TemplateResult {
  const { texts } = screen.language;
  return frame(screen, html`<span id="keys">${texts.apiKeys}</span>`, () => {
    if (screen.list.sessions === null) return nothing;
    const { create, none } = keyTextsOf(screen.language);
    return html`
      ${newKey(maker, screen)}
      ${keyForm(maker, scopes, screen)}
      ${
        keysOf(screen).length === 0
          ? html`<p class="empty" part="empty">${none}</p>`
          : html`<ul role="list" class="list" part="list" aria-labelledby="keys"></ul>`
      }
      ${
        maker.making === null
          ? button(create, maker.open, { look: "create", part: "create-button" })
          : nothing
      }
    `;
  });
}
