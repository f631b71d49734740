import { createHash } from "node:crypto";

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

/** A page without scripts, for people who come from a mail and may not be signed in. */
export function disavowPage(state: PageState, status = 200, more: HeadersInit = {}): Response {
  const { title, body } = contentOf(state);
  const html = `<!doctype html>
<html lang="en">
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
  return new Response(html, { status, headers });
}

function contentOf(state: PageState): { readonly title: string; readonly body: string } {
  switch (state.kind) {
    case "asking":
      return {
        title: "Was this not you?",
        body: `<p>The device of that sign-in will be signed out. You stay signed in on your other devices.</p>
<form method="post" action="${escaped(state.action)}"><button>Sign that device out</button></form>`,
      };
    case "ended":
      return {
        title: state.revoked === 0 ? "It was signed out already" : "That device is signed out",
        body: "<p>Now change your password: whoever signed in there knew it.</p>",
      };
    case "invalid":
      return {
        title: "This link is no longer good",
        body: "<p>Sign in and look at the list of your sessions. You can end any of them there.</p>",
      };
    case "unavailable":
      return {
        title: "That did not work",
        body: "<p>The device may still be signed in. Go back and try again in a moment.</p>",
      };
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
