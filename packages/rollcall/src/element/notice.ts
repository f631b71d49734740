import { html, nothing, type TemplateResult } from "lit/html.js";
import { button } from "./button.js";
import { dateTime } from "./describe.js";
import { type Sign, sign } from "./icons.js";
import type { Problem } from "./problem.js";
import type { Screen } from "./screen.js";
import { fillText } from "./texts/fill.js";

/** A notice in place of the list, or above the last known list. */
export interface Notice {
  readonly icon: Sign;
  readonly title: string;
  readonly text: unknown;
  readonly way: TemplateResult;
  /** Whether the list is shown below it. */
  readonly above?: boolean;
}

export function noticePanel({ icon, title, text, way, above = false }: Notice): TemplateResult {
  return html`<div class=${above ? "row above" : "notice"} part="notice" role="alert">
    <span class="icon">${sign(icon)}</span>
    <div>
      <strong>${title}</strong>
      <p>${text}</p>
    </div>
    <div class="actions">${way}</div>
  </div>`;
}

/** Says why the list is missing or old, and offers a way out. */
export function listNotice(screen: Screen): TemplateResult | typeof nothing {
  const { list, language, act } = screen;
  const { texts, locale } = language;
  const { phase, readAt, sessions } = list;
  const above = sessions !== null && readAt !== null;
  if (phase === "reauthenticate") {
    return noticePanel({
      icon: "lock",
      title: texts.reauthenticate,
      text: texts.explainReauthenticate,
      way: reauthenticateButton(screen),
      above,
    });
  }
  if (phase === "loading" || phase === "ready") return nothing;
  const away = phase === "unreachable";
  return noticePanel({
    icon: away ? "cloud" : "warning",
    title: away ? unreachable(screen) : texts.notLoaded,
    text: above ? fillText(texts.asOf, { when: dateTime(readAt, locale, "short") }) : nothing,
    way: button(list.busy ? texts.loading : texts.retry, act.retry, {
      part: "retry-button",
      busy: list.busy,
    }),
    above,
  });
}

/** Says why an action failed, beside the control that started it. */
export function problemText(
  problem: Problem | null,
  screen: Screen,
): TemplateResult | typeof nothing {
  if (problem === null || problem === "signed-out") return nothing;
  const { texts } = screen.language;
  const said: Readonly<Record<typeof problem, string>> = {
    unreachable: unreachable(screen),
    throttled: texts.throttled,
    reauthenticate: texts.explainReauthenticate,
    forbidden: texts.forbidden,
    failed: texts.notDone,
  };
  return html`<p class="problem" part="problem" role="alert">${said[problem]}</p>
    ${problem === "reauthenticate" ? reauthenticateButton(screen) : nothing}`;
}

export function reauthenticateButton({ language, act }: Screen): TemplateResult {
  return button(language.texts.signIn, act.reauthenticate, {
    look: "primary",
    part: "primary-button",
  });
}

function unreachable({ language: { texts }, online }: Screen): string {
  return online ? texts.unreachable : texts.offline;
}
