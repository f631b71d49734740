import type { Refreshed } from "../core/model/answers.js";
import { type InvalidReason, SessionError } from "../core/model/errors.js";
import { createCookieChanges } from "./cookie-changes.js";
import {
  type CookieReader,
  clearActorCookie,
  clearCookies,
  NO_TOKENS,
  readActorCookie,
  setCookies,
} from "./cookies.js";
import { addCors } from "./cors.js";
import { isByCookie } from "./credentials.js";
import type { HttpSettings } from "./options.js";
import type { RequestHead } from "./request-head.js";

/** The headers to send with a response for changes of the caller's cookies. */
export interface OutgoingHeaders {
  /** The caller's own session has ended: clears its cookies. */
  forget(request: RequestHead): void;
  /** The same, with the way back of whoever acts as a user. */
  forgetAll(request: RequestHead): void;
  /**
   * The caller's cookies were refused: clears them if Rollcall signed them and they are dead.
   * Cookies that another application on this host set under the same names stay, and so do all on a
   * 503.
   */
  forgetDead(request: RequestHead, error: unknown): void;
  /** Replaces the caller's cookies with this pair. */
  renew(request: RequestHead, refreshed: Refreshed): void;
  /** New cookies are sent in another way, so pending changes must not undo them. */
  replaced(request: RequestHead): void;
  /** The headers to send with the response; `null` if nothing changed. */
  of(request: RequestHead): Headers | null;
  /** The response with these headers, and with those of CORS. */
  finish(request: RequestHead, response: Response): Response;
}

/**
 * For responses to callers with cookies, unless the application sets `Cache-Control`. Otherwise
 * "Back" would show the page after a sign-out, to whoever sits there by then.
 */
export const UNSTORED = "no-store";

/**
 * Reasons of tokens that Rollcall signed, as their MAC shows, and that will never be good again.
 */
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

  const forgetAll = (request: RequestHead): void => {
    if (names === null || !isByCookie(request)) return;
    if (readActorCookie(request, names).length === 0) {
      forget(request);
      return;
    }
    const cookies = [...clearCookies(names), clearActorCookie(names)];
    changes.note(request, tokensOf(request), { cookies, until: Number.POSITIVE_INFINITY });
  };

  const headersOf = (request: RequestHead): Headers | null => {
    const change = changes.of(request, () => tokensOf(request));
    if (change === undefined) return null;
    // A response with someone's cookies must not be stored, whatever the application says.
    const headers = new Headers({ "Cache-Control": UNSTORED });
    if (clock.monotonic() < change.until) {
      for (const cookie of change.cookies) headers.append("Set-Cookie", cookie);
    }
    return headers;
  };

  return {
    forget,
    forgetAll,
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
      // Decided by this request's own cookies, since a copy of it may have been authenticated.
      if (!headers.has("cache-control") && isByCookie(request) && tokensOf(request) !== NO_TOKENS) {
        headers.set("Cache-Control", UNSTORED);
      }
      const { status, statusText, body } = response;
      return new Response(body, { status, statusText, headers });
    },
  };
}

/**
 * The outgoing headers that a response does not have yet. Cookies of the same names that it has
 * stay: whatever set them, for example a sign-out behind a guard, came later, and a response may
 * set each name only once (RFC 6265 §4.1.1).
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

/** It may have further directives: an event stream has `no-transform`. */
function isUnstored(answer: Headers): boolean {
  return /\bno-store\b/i.test(answer.get("cache-control") ?? "");
}
