import { isByCookie } from "./credentials.js";
import type { RequestHead } from "./request-head.js";
import { isSignedOut } from "./signed-out.js";

/** A longer one is left out: servers and proxies take no header of any length. */
const LONGEST_PATH = 2048;

/** @throws TypeError unless it is a path of this origin. */
export function checkSignInPage(page: string): void {
  if (typeof page !== "string" || page !== returnPath(page) || page.includes("#")) {
    throw new TypeError('signInPage must be a path of this origin, such as "/login"');
  }
}

/**
 * Where a guard sends a browser that is signed out and opens a page: the sign-in page, with the way
 * back. `null`: the refusal is answered as it is.
 */
export function signInLocation(
  request: RequestHead,
  error: unknown,
  page: string | undefined,
): string | null {
  if (page === undefined || !isSignedOut(error) || !opensPage(request)) return null;
  const wanted = returnPath(pathOf(request));
  // The sign-in page stands behind the guard by mistake: it would be sent to itself for ever.
  if (pathname(wanted) === pathname(page)) return null;
  const way = `returnTo=${encodeURIComponent(wanted)}`;
  return `${page}${page.includes("?") ? "&" : "?"}${way}`;
}

/**
 * Whether a browser means to show the answer as a page (Fetch Metadata); for browsers that do not say,
 * by what they accept. A program that brings a token shows no page.
 */
function opensPage(request: RequestHead): boolean {
  const { method, headers } = request;
  if ((method !== "GET" && method !== "HEAD") || !isByCookie(request)) return false;
  const mode = headers.get("sec-fetch-mode");
  if (mode !== null) return mode === "navigate";
  return /\btext\/html\b/i.test(headers.get("accept") ?? "");
}

/** The path and query of the address, which may lack its origin. */
function pathOf({ url = "/" }: RequestHead): string {
  return url.replace(/^[a-z][a-z+.-]*:\/\/[^/?#]*/i, "").replace(/#.*$/s, "");
}

function pathname(path: string): string {
  return path.replace(/[?#].*$/s, "");
}

/**
 * A path that leads nowhere but to this origin, for the way back after a sign-in. Whatever else it is
 * given, an address of another site or none at all, it answers `"/"`: `returnTo` is a claim that
 * anybody can put into a link.
 *
 * @example
 * ```ts
 * import { returnPath } from "rollcall/http";
 *
 * export function afterSignIn(request: Request): Response {
 *   const { searchParams } = new URL(request.url);
 *   const headers = { Location: returnPath(searchParams.get("returnTo")) };
 *   return new Response(null, { status: 303, headers });
 * }
 * ```
 */
export function returnPath(text: unknown): string {
  if (typeof text !== "string" || text.length > LONGEST_PATH) return "/";
  // Browsers take `//host` and `/\host` for another origin, and leave out tabs and line ends before
  // they look (WHATWG URL §4.4).
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : "/";
}
