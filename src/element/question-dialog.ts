import { html, nothing, type TemplateResult } from "lit/html.js";
import { button } from "./button.js";
import { type Direction, namingOf } from "./describe.js";
import { problemText, reauthenticateButton } from "./notice.js";
import type { Doing, Question, Screen } from "./screen.js";
import { fill } from "./texts/fill.js";
import type { Texts } from "./texts/texts.js";

/** Asks before anything ends, and says what will happen. */
export function questionDialog(screen: Screen): TemplateResult {
  const { asking, act } = screen;
  const onCancel = (event: Event): void => {
    // Escape must not hide what is under way.
    event.preventDefault();
    act.dismiss();
  };
  return html`<dialog
    part="dialog"
    aria-label=${asking === null ? nothing : question(asking, screen, (name) => name).join("")}
    aria-describedby="explanation"
    @cancel=${onCancel}
    @close=${act.dismiss}
  >
    ${asking === null ? nothing : content(asking, screen)}
  </dialog>`;
}

function content(asking: Doing<Question>, screen: Screen): TemplateResult {
  const { language, act } = screen;
  const { texts } = language;
  const { what, busy, problem } = asking;
  const fresh = problem === "reauthenticate";
  const quote = (name: string, direction: Direction): TemplateResult =>
    html`<bdi class="quoted" dir=${direction}>${name}</bdi>`;
  return html`<div aria-busy=${busy}>
    <h2>${question(asking, screen, quote)}</h2>
    <p id="explanation">${fresh ? texts.explainReauthenticate : explanation(what, texts)}</p>
    ${fresh ? nothing : problemText(problem, screen)}
    <div class="answers">
      ${button(texts.cancel, act.dismiss, { part: "cancel-button", busy })}
      ${
        fresh
          ? reauthenticateButton(screen)
          : button(busy ? texts.working : answer(what, texts), act.confirm, {
              look: "danger",
              part: "confirm-button",
              busy,
            })
      }
    </div>
  </div>`;
}

function question<T>(
  { what, problem }: Doing<Question>,
  { language }: Screen,
  quote: (name: string, direction: Direction) => T,
): readonly (string | T)[] {
  const { texts } = language;
  if (problem === "reauthenticate") return [texts.reauthenticate];
  if (what.action === "sign-out-others") return [texts.askOthers];
  if (what.action === "sign-out-everywhere") return [texts.askEverywhere];
  if (what.session.current) return [texts.askSelf];
  const { name, nameDirection } = namingOf(what.session, language);
  return fill(texts.askOne, { name: quote(name, nameDirection) });
}

/** What will happen. */
function explanation(what: Question, texts: Texts): string {
  if (what.action === "sign-out-others") return texts.explainOthers;
  if (what.action === "sign-out-everywhere") return texts.explainEverywhere;
  return what.session.current ? texts.explainSelf : texts.explainOne;
}

/** What makes it happen. */
function answer({ action }: Question, texts: Texts): string {
  if (action === "sign-out-others") return texts.signOutOthers;
  return action === "sign-out-everywhere" ? texts.signOutEverywhere : texts.signOut;
}
