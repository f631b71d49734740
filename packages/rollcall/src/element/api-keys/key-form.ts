import { html, nothing, type TemplateResult } from "lit/html.js";
import { button } from "../button.js";
import { namingOf } from "../describe.js";
import { sign } from "../icons.js";
import { problemText } from "../notice.js";
import type { Screen } from "../screen.js";
import type { KeyMaker, WantedKey } from "./key-maker.js";
import { keyTextsOf } from "./texts/translations.js";

/** How many days a key may be good for; the second is chosen at first. */
const DAYS = [7, 30, 90, 365];

/** Asks for the name, the scopes and the end of a new key. */
export function keyForm(
  maker: KeyMaker,
  scopes: readonly string[],
  screen: Screen,
): TemplateResult | typeof nothing {
  const { making } = maker;
  if (making === null) return nothing;
  const { language, act } = screen;
  const { texts, locale } = language;
  const { confirm, end, name, never, scopes: may } = keyTextsOf(language);
  const { busy, problem } = making;
  const days = new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long" });
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (event.target instanceof HTMLFormElement) void maker.make(wantedBy(event.target));
  };
  const onKey = (event: KeyboardEvent): void => {
    // Ignore an Escape that closes the candidates of an input method.
    if (event.key === "Escape" && !event.isComposing) maker.leave();
  };
  return html`<form class="row key-form" part="key-form" @submit=${onSubmit} @keydown=${onKey}>
    <label>
      <span>${name}</span>
      <input name="name" part="input" dir="auto" autocomplete="off" required ?readonly=${busy} />
    </label>
    ${
      scopes.length === 0
        ? nothing
        : html`<fieldset>
          <legend>${may}</legend>
          ${scopes.map(
            (scope) =>
              html`<label class="check">
                <input type="checkbox" name="scope" value=${scope} .checked=${scopes.length === 1} />
                <bdi>${texts.labels?.[scope] || scope}</bdi>
              </label>`,
          )}
        </fieldset>`
    }
    <label>
      <span>${end}</span>
      <select name="days" part="input">
        ${DAYS.map(
          (count, index) =>
            html`<option value=${count} ?selected=${index === 1}>${days.format(count)}</option>`,
        )}
        <option value="">${never}</option>
      </select>
    </label>
    ${problemText(problem, { ...screen, act: { ...act, reauthenticate: maker.reauthenticate } })}
    <div class="answers">
      ${button(texts.cancel, maker.leave, { part: "cancel-button", busy })}
      ${button(confirm, null, { look: "primary", part: "primary-button", submits: true, busy })}
    </div>
  </form>`;
}

function wantedBy(form: HTMLFormElement): WantedKey {
  const data = new FormData(form);
  const textOf = (value: FormDataEntryValue | null): string =>
    typeof value === "string" ? value : "";
  const days = textOf(data.get("days"));
  return {
    // Not by maxlength: the server counts an emoji as one.
    name: [...textOf(data.get("name")).trim()].slice(0, 64).join(""),
    scopes: data.getAll("scope").map(textOf),
    days: days === "" ? null : Number(days),
  };
}

/** Shows the key, for the only time. */
export function newKey(maker: KeyMaker, screen: Screen): TemplateResult | typeof nothing {
  const { made } = maker;
  if (made === null) return nothing;
  const { language } = screen;
  const { copied, copy, done, shownOnce } = keyTextsOf(language);
  const { name, nameDirection } = namingOf(made.session, language);
  const onCopy = (event: Event): void => {
    const root = event.target instanceof Node ? event.target.getRootNode() : null;
    const field = root instanceof ShadowRoot ? root.querySelector("input") : null;
    if (field !== null) void maker.copy(field);
  };
  return html`<div class="row above" part="new-key">
    <span class="icon">${sign("key")}</span>
    <div class="facts">
      <bdi class="name" dir=${nameDirection}>${name}</bdi>
      <p id="once">${shownOnce}</p>
      <div class="key">
        <input
          part="key"
          dir="ltr"
          readonly
          spellcheck="false"
          aria-label=${name}
          aria-describedby="once"
          .value=${made.token}
        />
        ${button(maker.isCopied ? copied : copy, onCopy, {
          look: "primary",
          part: "primary-button",
        })}
        ${button(done, maker.finish, { part: "cancel-button" })}
      </div>
    </div>
  </div>`;
}
