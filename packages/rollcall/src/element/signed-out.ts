import { html, type TemplateResult } from "lit/html.js";
import type { SignedOut } from "../client/client-api.js";
import { button } from "./button.js";
import { noticePanel } from "./notice.js";
import type { Screen } from "./screen.js";
import { fill } from "./texts/fill.js";
import type { Texts } from "./texts/texts.js";

/** What stands in place of the list once this very session has ended. */
export function signedOutPanel(
  how: SignedOut | null,
  { language, signInUrl, act }: Screen,
): TemplateResult {
  const { texts } = language;
  const way =
    signInUrl === ""
      ? button(texts.signIn, act.signIn, { look: "primary", part: "primary-button" })
      : html`<a class="primary" part="button primary-button" href=${signInUrl} @click=${act.signIn}
          >${texts.signIn}</a
        >`;
  const text = explain(how, texts, (name) => html`<bdi class="quoted">${name}</bdi>`);
  return noticePanel({ icon: "lock", title: texts.signedOut, text, way });
}

/** Why, as plain text, for the page around. */
export function signedOutText(how: SignedOut, texts: Texts): string {
  return explain(how, texts, (name) => name).join("");
}

function explain<T>(
  how: SignedOut | null,
  texts: Texts,
  quote: (name: string) => T,
): readonly (string | T)[] {
  const { reason, by } = how ?? { reason: "", by: null };
  const from = (name: string) => fill(texts.signedOutFrom, { name: quote(name) });
  if (by?.device) return from(by.device);
  if (reason === "refresh_token_reuse") return [texts.signedOutReuse];
  // Where a person may have only so many, the oldest ends.
  if (reason === "evicted") return [texts.signedOutReplaced];
  if (by?.kind === "admin") return [texts.signedOutByAdmin];
  if (reason === "expired") return [texts.signedOutExpired];
  // Another one that nobody can name; "everywhere" may have been said in this browser, too.
  return by?.kind === "user" && reason !== "revoke_all" ? from(texts.unknownDevice) : [];
}
