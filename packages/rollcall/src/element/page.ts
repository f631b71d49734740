import { html, nothing, type TemplateResult } from "lit/html.js";
import type { ListedSession } from "../client/client-api.js";
import { button } from "./button.js";
import { isKey, isSameDevice } from "./describe.js";
import { listNotice } from "./notice.js";
import { announcements, questionDialog } from "./question-dialog.js";
import type { Screen } from "./screen.js";
import type { SessionList } from "./session-list.js";
import { signedOutPanel } from "./signed-out.js";

type Group = "here" | "others" | "keys";

/** The lists of the screen, by the id of their heading. Their rows are placed after rendering. */
export function groupsOf({ list }: Screen): Readonly<Record<Group, readonly ListedSession[]>> {
  const keys = list.sessions?.filter(isKey) ?? [];
  const { here, others } = devicesOf(list);
  return { here, others: others.slice(0, list.shown), keys };
}

/** The sessions of people, on this device and on others. */
function devicesOf({
  sessions,
}: SessionList): Readonly<Record<"here" | "others", ListedSession[]>> {
  const all = sessions?.filter((one) => !isKey(one)) ?? [];
  const current = all.find((one) => one.current);
  const isHere = (one: ListedSession): boolean => isSameDevice(one, current);
  return { here: all.filter(isHere), others: all.filter((one) => !isHere(one)) };
}

/** The whole screen except the rows. */
export function page(screen: Screen): TemplateResult {
  return frame(screen, screen.language.texts.title, lists);
}

/** What is around the lists, and in their place while there are none. */
export function frame(
  screen: Screen,
  title: string | TemplateResult,
  content: (screen: Screen) => TemplateResult | typeof nothing,
): TemplateResult {
  const { language, list, headingLevel } = screen;
  const { texts, tag } = language;
  const loading = list.phase === "loading";
  return html`<section
    part="base"
    lang=${tag}
    dir=${texts.direction ?? "ltr"}
    tabindex="-1"
    aria-labelledby="title"
    aria-busy=${loading}
  >
    <div id="title" role="heading" aria-level=${headingLevel} part="title">
      ${title}
    </div>
    ${
      list.phase === "signed-out"
        ? signedOutPanel(list.signedOut, screen)
        : [listNotice(screen), loading ? skeleton() : content(screen)]
    }
    ${questionDialog(screen)}
    ${announcements(screen)}
  </section>`;
}

function lists(screen: Screen): TemplateResult | typeof nothing {
  const { list, language } = screen;
  const { texts } = language;
  if (list.sessions === null) return nothing;
  const { here, others, keys } = groupsOf(screen);
  const isAlone = others.length === 0;
  // Where there is but this device, it may have more than one session.
  const endHere = isAlone && here.length > 1 ? endAll(screen) : nothing;
  return html`
    ${here.length === 0 ? nothing : group("here", texts.thisDevice, endHere, screen)}
    ${isAlone ? html`<p class="empty" part="empty">${texts.noOthers}</p>` : otherDevices(screen)}
    ${
      keys.length === 0
        ? nothing
        : html`<div part="keys">${group("keys", texts.apiKeys, nothing, screen)}</div>`
    }
  `;
}

/** The buttons that end more than one. */
function endAll({ language: { texts }, act }: Screen): TemplateResult {
  return html`<div class="actions">
    ${button(texts.signOutOthers, () => act.ask({ action: "sign-out-others" }), {
      look: "danger-text",
      part: "others-button",
    })}
    ${button(texts.signOutEverywhere, () => act.ask({ action: "sign-out-everywhere" }), {
      look: "danger-text",
      part: "everywhere-button",
    })}
  </div>`;
}

function otherDevices(screen: Screen): TemplateResult {
  const { list, language, act } = screen;
  const { texts } = language;
  return html`
    ${group("others", texts.otherDevices, endAll(screen), screen)}
    ${
      devicesOf(list).others.length > list.shown || list.more
        ? button(texts.showMore, act.showMore, { look: "wide", part: "more-button" })
        : nothing
    }
  `;
}

function group(
  id: Group,
  title: string,
  action: TemplateResult | typeof nothing,
  { headingLevel }: Screen,
): TemplateResult {
  return html`<div class="head">
      <div
        id=${id}
        role="heading"
        aria-level=${headingLevel + 1}
        tabindex="-1"
        part="group-title"
      >
        ${title}
      </div>
      ${action}
    </div>
    <ul role="list" part="list" aria-labelledby=${id}></ul>`;
}

function skeleton(): TemplateResult {
  const bone = html`<span class="bone"></span>`;
  const row = html`<div class="row">
    <span class="icon"></span>
    <div class="facts">${bone}${bone}${bone}</div>
  </div>`;
  return html`<div class="list" part="skeleton" aria-hidden="true">${row}${row}${row}</div>`;
}
