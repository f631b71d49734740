import { html, nothing, type TemplateResult } from "lit/html.js";
import type { ListedSession } from "../client/client-api.js";
import { button } from "./button.js";
import { listNotice } from "./notice.js";
import { announcements, questionDialog } from "./question-dialog.js";
import type { Screen } from "./screen.js";
import { signedOutPanel } from "./signed-out.js";

/** The two lists of the screen, by the id of their heading. Their rows are placed after rendering. */
export function groupsOf({
  list,
}: Screen): Readonly<Record<"here" | "others", readonly ListedSession[]>> {
  const sessions = list.sessions ?? [];
  return {
    here: sessions.filter(({ current }) => current),
    others: sessions.filter(({ current }) => !current).slice(0, list.shown),
  };
}

/** The whole screen except the rows. */
export function page(screen: Screen): TemplateResult {
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
      ${texts.title}
    </div>
    ${
      list.phase === "signed-out"
        ? signedOutPanel(list.signedOut, screen)
        : [listNotice(screen), loading ? skeleton() : lists(screen)]
    }
    ${questionDialog(screen)}
    ${announcements(screen)}
  </section>`;
}

function lists(screen: Screen): TemplateResult | typeof nothing {
  const { list, language } = screen;
  const { texts } = language;
  if (list.sessions === null) return nothing;
  const { here, others } = groupsOf(screen);
  return html`
    ${here.length === 0 ? nothing : group("here", texts.thisDevice, nothing, screen)}
    ${others.length === 0 ? html`<p class="empty" part="empty">${texts.noOthers}</p>` : otherDevices(screen)}
  `;
}

function otherDevices(screen: Screen): TemplateResult {
  const { list, language, act } = screen;
  const { texts } = language;
  const all = (list.sessions ?? []).filter(({ current }) => !current);
  const endAll = html`<div class="actions">
    ${button(texts.signOutOthers, () => act.ask({ action: "sign-out-others" }), {
      look: "danger-text",
      part: "others-button",
    })}
    ${button(texts.signOutEverywhere, () => act.ask({ action: "sign-out-everywhere" }), {
      look: "danger-text",
      part: "everywhere-button",
    })}
  </div>`;
  return html`
    ${group("others", texts.otherDevices, endAll, screen)}
    ${
      all.length > list.shown || list.more
        ? button(texts.showMore, act.showMore, { look: "wide", part: "more-button" })
        : nothing
    }
  `;
}

function group(
  id: string,
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
