import { createHash } from "node:crypto";
import { type DisavowTexts, disavowTexts } from "./disavow-texts.js";
import type { RequestHead } from "./request-head.js";

/** What the page "This wasn't me" can be about. */
export type PageState =
  | { readonly kind: "asking"; readonly action: string }
  | { readonly kind: "ended"; readonly revoked: number }
  | { readonly kind: "invalid" | "unavailable" };

const STYLE = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}
body{max-width:32rem;margin:15vh auto;padding:0 1rem}
button{font:inherit;padding:.6rem 1.2rem}`;

const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  // The address holds the token.
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy":
    "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
    `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
};

/**
 * A page without scripts, for people who come from a mail and may not be signed in, in a language that
 * their browser asks for.
 */
export function disavowPage(
  { headers: asked }: RequestHead,
  state: PageState,
  status = 200,
  more: HeadersInit = {},
): Response {
  const texts = disavowTexts(asked.get("accept-language"));
  const { title, body } = contentOf(state, texts);
  const html = `<!doctype html>
<html lang="${texts.lang}" dir="${texts.direction ?? "ltr"}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${STYLE}</style>
<main>
<h1>${title}</h1>
${body}
</main>
`;
  const headers = new Headers(more);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  headers.append("Vary", "Accept-Language");
  return new Response(html, { status, headers });
}

function contentOf(
  state: PageState,
  texts: DisavowTexts,
): { readonly title: string; readonly body: string } {
  switch (state.kind) {
    case "asking":
      return {
        title: texts.ask,
        body: `<p>${texts.explain}</p>
<form method="post" action="${escaped(state.action)}"><button>${texts.confirm}</button></form>`,
      };
    case "ended":
      return {
        title: state.revoked === 0 ? texts.endedBefore : texts.ended,
        body: `<p>${texts.changePassword}</p>`,
      };
    case "invalid":
      return { title: texts.invalid, body: `<p>${texts.seeList}</p>` };
    case "unavailable":
      return { title: texts.failed, body: `<p>${texts.tryAgain}</p>` };
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
