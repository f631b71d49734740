import { html, nothing, type TemplateResult } from "lit/html.js";
import { button } from "./button.js";
import { type Direction, isKey, namingOf } from "./describe.js";
import { problemText, reauthenticateButton } from "./notice.js";
import type { Doing, Question, Screen } from "./screen.js";
import { fill } from "./texts/fill.js";
import type { Texts } from "./texts/texts.js";

/**
 * Announcements for screen readers. They are repeated inside the dialog, because nothing below an
 * open dialog is read out.
 */
export function announcements({ list, language, announcement }: Screen): TemplateResult {
  const text = list.phase === "loading" || list.busy ? language.texts.loading : announcement;
  return html`<p class="unseen" role="status">${text}</p>`;
}

/** Asks for confirmation, and says what will happen. */
export function questionDialog(screen: Screen): TemplateResult {
  const { asking, act } = screen;
  const onCancel = (event: Event): void => {
    // Escape must not close it while the action runs.
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
    ${announcements(screen)}
  </dialog>`;
}

function content(asking: Doing<Question>, screen: Screen): TemplateResult {
  const { language, act } = screen;
  const { texts } = language;
  const { what, busy, problem } = asking;
  const fresh = problem === "reauthenticate";
  const [, explanation, answer, doing = texts.working] = wordsFor(asking, texts);
  const hasKeys = what.action !== "sign-out" && !fresh && screen.list.sessions?.some(isKey);
  const quote = (name: string, direction: Direction): TemplateResult =>
    html`<bdi class="quoted" dir=${direction}>${name}</bdi>`;
  return html`<div>
    <h2>${question(asking, screen, quote)}</h2>
    <p id="explanation">${explanation} ${hasKeys ? texts.explainKeys : nothing}</p>
    ${fresh ? nothing : problemText(problem, screen)}
    <div class="answers">
      ${button(texts.cancel, act.dismiss, { part: "cancel-button", busy })}
      ${
        fresh
          ? reauthenticateButton(screen)
          : button(busy ? doing : answer, act.confirm, {
              look: "danger",
              part: "confirm-button",
              busy,
            })
      }
    </div>
  </div>`;
}

function question<T>(
  asking: Doing<Question>,
  { language, list }: Screen,
  quote: (name: string, direction: Direction) => T,
): readonly (string | T)[] {
  const { what } = asking;
  const [text] = wordsFor(asking, language.texts);
  if (what.action !== "sign-out") return [text];
  // The session may have been renamed in the meantime.
  const { id } = what.session;
  const session = list.sessions?.find((one) => one.id === id) ?? what.session;
  const { name, nameDirection } = namingOf(session, language);
  return fill(text, { name: quote(name, nameDirection) });
}

/** The question, the explanation, and the label of the confirm button, also while it works. */
function wordsFor(
  { what, problem }: Doing<Question>,
  texts: Texts,
): readonly [question: string, explanation: string, answer: string, doing?: string] {
  if (problem === "reauthenticate")
    return [texts.reauthenticate, texts.explainReauthenticate, texts.signIn];
  if (what.action === "sign-out-others")
    return [texts.askOthers, texts.explainOthers, texts.signOutOthers];
  if (what.action === "sign-out-everywhere")
    return [texts.askEverywhere, texts.explainEverywhere, texts.signOutEverywhere];
  if (isKey(what.session))
    return [texts.askRevoke, texts.explainRevoke, texts.revoke, texts.revoke];
  return what.session.current
    ? [texts.askSelf, texts.explainSelf, texts.signOut]
    : [texts.askOne, texts.explainOne, texts.signOut];
}
