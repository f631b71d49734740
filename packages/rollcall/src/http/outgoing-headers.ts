import type { RequestHead } from "./request-head.js";

/**
 * Of answers to whoever is signed in by cookie, unless the application says something else of
 * caching: or "Back" shows them after the sign-out, to whoever sits there by then.
 */
export const UNSTORED = "no-store";

/** Whether cookies count, if there are any: beside a bearer token they do not. */
export function isByCookie({ headers }: RequestHead): boolean {
  return headers.get("authorization") === null;
}

/**
 * What an answer still lacks of the headers that go out with it. Cookies that it holds by the same
 * names stay: what set them, a sign-out behind a guard say, came later and knows better, and of one
 * name only one may go out (RFC 6265 §4.1.1).
 */
export function lackingHeaders(answer: Headers, outgoing: Headers): Headers {
  const lacking = new Headers();
  const held = new Set(answer.getSetCookie().map(cookieName));
  for (const [name, value] of outgoing) {
    if (name === "set-cookie") {
      if (!held.has(cookieName(value))) lacking.append(name, value);
    } else if (name !== "cache-control" || !isUnstored(answer)) lacking.set(name, value);
  }
  return lacking;
}

function cookieName(line: string): string {
  return line.slice(0, line.indexOf("="));
}

/** It may forbid more than to be stored: an event stream, to be transformed. */
function isUnstored(answer: Headers): boolean {
  return /\bno-store\b/i.test(answer.get("cache-control") ?? "");
}
