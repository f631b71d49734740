import { type InvalidReason, SessionError } from "../core/model/errors.js";
import type { Refreshed } from "../core/sessions-api.js";
import { createCookieChanges } from "./cookie-changes.js";
import { type CookieReader, clearCookies, NO_TOKENS, setCookies } from "./cookies.js";
import { addCors } from "./cors.js";
import { isByCookie } from "./credentials.js";
import type { HttpSettings } from "./options.js";
import type { RequestHead } from "./request-head.js";

/** The headers that go out with an answer, for what became of the caller's cookies meanwhile. */
export interface OutgoingHeaders {
  /** The caller's own session is over: its cookies go. */
  forget(request: RequestHead): void;
  /**
   * The caller's cookies were refused: they go if they are ours and dead. What another application of
   * this host has set under the same names is not ours to clear, nor is anything on a 503.
   */
  forgetDead(request: RequestHead, error: unknown): void;
  /** The pair that replaces the caller's cookies. */
  renew(request: RequestHead, refreshed: Refreshed): void;
  /** New cookies go out by another way: what was to happen to the old ones must not undo them. */
  replaced(request: RequestHead): void;
  /** What goes out with the answer, whatever else it holds: `null` when nothing of it changed. */
  of(request: RequestHead): Headers | null;
  /** The answer with all of them, and with those of CORS. */
  finish(request: RequestHead, response: Response): Response;
}

/**
 * Of answers to whoever is signed in by cookie, unless the application says something else of
 * caching: or "Back" shows them after the sign-out, to whoever sits there by then.
 */
export const UNSTORED = "no-store";

/** Of tokens that are ours beyond doubt, by their MAC, and no good any more. */
const DEAD = new Set<InvalidReason | undefined>([
  "expired",
  "revoked",
  "reused",
  "unknown",
  "user_gone",
]);

export function createOutgoingHeaders(
  settings: HttpSettings,
  tokensOf: CookieReader,
): OutgoingHeaders {
  const { cookies: names, clock } = settings;
  const changes = createCookieChanges(clock);

  const forget = (request: RequestHead): void => {
    if (names === null || !isByCookie(request)) return;
    const tokens = tokensOf(request);
    if (tokens === NO_TOKENS) return;
    const until = Number.POSITIVE_INFINITY;
    changes.note(request, tokens, { cookies: clearCookies(names), until });
  };

  const headersOf = (request: RequestHead): Headers | null => {
    const change = changes.of(request, () => tokensOf(request));
    if (change === undefined) return null;
    // Whatever the application says of caching, nobody may keep a page with someone's cookies.
    const headers = new Headers({ "Cache-Control": UNSTORED });
    if (clock.monotonic() < change.until) {
      for (const cookie of change.cookies) headers.append("Set-Cookie", cookie);
    }
    return headers;
  };

  return {
    forget,
    forgetDead(request, error) {
      if (!(error instanceof SessionError) || error.code !== "credential_invalid") return;
      if (DEAD.has(error.reason)) forget(request);
    },
    renew(request, { tokens, session, retryableFor }) {
      if (names === null) return;
      const cookies = setCookies(tokens, session, names);
      const until = clock.monotonic() + retryableFor;
      changes.note(request, tokensOf(request), { cookies, until });
    },
    replaced(request) {
      changes.drop(request, tokensOf(request));
    },
    of: headersOf,
    finish(request, response) {
      const headers = new Headers(response.headers);
      addCors(request, headers, settings);
      const outgoing = headersOf(request);
      if (outgoing !== null) {
        for (const [name, value] of lackingHeaders(headers, outgoing)) {
          if (name === "set-cookie") headers.append(name, value);
          else headers.set(name, value);
        }
      }
      // By what the request brings: who was proven may have been a copy of it.
      if (!headers.has("cache-control") && isByCookie(request) && tokensOf(request) !== NO_TOKENS) {
        headers.set("Cache-Control", UNSTORED);
      }
      const { status, statusText, body } = response;
      return new Response(body, { status, statusText, headers });
    },
  };
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
