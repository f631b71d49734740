import { html, nothing, type TemplateResult } from "lit/html.js";
import type { ListedSession } from "../client/client-api.js";
import { button } from "./button.js";
import {
  dateTime,
  isActive,
  isAddress,
  isKey,
  labelsOf,
  namingOf,
  relative,
  whereabouts,
} from "./describe.js";
import { deviceIcon, sign } from "./icons.js";
import { problemText } from "./notice.js";
import type { Screen } from "./screen.js";
import { fill, fillText } from "./texts/fill.js";

/** An API key without an end has one that nobody will see, in milliseconds. */
const ENDLESS = 50 * 365 * 86_400_000;

/** The content of a row. `isTwin`: its session is on the device of the row above. */
export function sessionRow(session: ListedSession, screen: Screen, isTwin = false): TemplateResult {
  const { language, renaming } = screen;
  const { texts, locale } = language;
  const { name, kind, nameDirection, kindDirection } = namingOf(session, language);
  const { createdAt, expiresAt } = session;
  const began = time(createdAt, () => dateTime(createdAt, locale, "short"), screen);
  const labels = [...(isTwin ? [texts.sameDevice] : []), ...labelsOf(session, language)];
  const isRenaming = renaming?.what.id === session.id;
  return html`<span class=${isTwin ? "icon twin" : "icon"} part="icon"
      >${isKey(session) ? sign("key") : deviceIcon(session)}</span
    >
    <div class="facts">
      ${
        isRenaming
          ? renameForm(name, screen)
          : html`<bdi class="name" part="name" dir=${nameDirection}>${name}</bdi>`
      }
      ${kind === null ? nothing : html`<bdi class="kind" part="kind" dir=${kindDirection}>${kind}</bdi>`}
      ${
        labels.length === 0
          ? nothing
          : html`<div class="labels">
            ${labels.map((label) => html`<bdi class="label" part="label">${label}</bdi> `)}
          </div>`
      }
      <div class="line" part="activity">
        ${activity(session, screen)}
        ${whereabouts(session, screen.placeOf(session)).map(
          (place) =>
            html`<span><bdi dir=${isAddress(place) ? "ltr" : "auto"}>${place}</bdi></span> `,
        )}
      </div>
      <div class="line" part="dates">
        <span>${fill<unknown>(isKey(session) ? texts.created : texts.signedIn, { when: began })}</span>
        ${
          expiresAt.getTime() - createdAt.getTime() > ENDLESS
            ? nothing
            : html`<span
              >${fill<unknown>(texts.expires, { when: relativeTime(expiresAt, screen) })}</span
            >`
        }
      </div>
    </div>
    ${isRenaming ? nothing : actions(session, name, screen)}`;
}

function actions(session: ListedSession, name: string, { language, act }: Screen): TemplateResult {
  const { texts } = language;
  return html`<div class="actions">
    ${button(sign("pen"), () => act.startRenaming(session), {
      look: "square",
      part: "rename-button",
      hint: texts.rename,
      name: fillText(texts.renameNamed, { name }),
    })}
    ${button(
      isKey(session) ? texts.revoke : texts.signOut,
      () => act.ask({ action: "sign-out", session }),
      {
        part: "sign-out-button",
        name: fillText(isKey(session) ? texts.revokeNamed : texts.signOutNamed, { name }),
      },
    )}
  </div>`;
}

function activity(session: ListedSession, screen: Screen): TemplateResult | typeof nothing {
  const { now, language } = screen;
  const { activeNow, active } = language.texts;
  const { lastUsedAt, createdAt } = session;
  // To make a key is not to use it.
  if (isKey(session) && lastUsedAt <= createdAt) return nothing;
  return isActive(session, now)
    ? html`<span><span class="now" part="active">${time(lastUsedAt, () => activeNow, screen)}</span></span>`
    : html`<span>${fill<unknown>(active, { when: relativeTime(lastUsedAt, screen) })}</span>`;
}

function relativeTime(date: Date, screen: Screen): TemplateResult | string {
  return time(date, () => relative(date, screen.now, screen.language.locale), screen);
}

/** A relative time, with the exact time as a tooltip. */
function time(date: Date, words: () => string, { language }: Screen): TemplateResult | string {
  // An invalid date must not lose the row and its button.
  if (Number.isNaN(date.getTime())) return "–";
  const exact = dateTime(date, language.locale, "exact");
  return html`<time datetime=${date.toISOString()} title=${exact}>${words()}</time>`;
}

function renameForm(name: string, screen: Screen): TemplateResult {
  const { language, renaming, act } = screen;
  const { texts } = language;
  const busy = renaming?.busy ?? false;
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const given = new FormData(event.target).get("name");
    if (typeof given === "string") act.rename(given);
  };
  const onKey = (event: KeyboardEvent): void => {
    // Ignore an Escape that closes the candidates of an input method.
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    act.stopRenaming();
  };
  return html`<form @submit=${onSubmit} @keydown=${onKey}>
    <input
      name="name"
      part="input"
      dir="auto"
      autocomplete="off"
      aria-label=${fillText(texts.renameNamed, { name })}
      .value=${renaming?.what.name ?? ""}
      placeholder=${name}
      ?readonly=${busy}
    />
    ${button(texts.save, null, { look: "primary", part: "primary-button", submits: true, busy })}
    ${button(texts.cancel, act.stopRenaming, { part: "cancel-button", busy })}
    ${problemText(renaming?.problem ?? null, screen)}
  </form>`;
}
