import { isByCookie } from "./credentials.js";
import type { RequestHead } from "./request-head.js";
import { isSignedOut } from "./signed-out.js";

/** A longer path is left out, since servers and proxies limit the length of headers. */
const LONGEST_PATH = 2048;

/** @throws TypeError unless it is a path of this origin. */
export function checkSignInPage(page: string): void {
  if (typeof page !== "string" || page !== returnPath(page) || page.includes("#")) {
    throw new TypeError('signInPage must be a path of this origin, such as "/login"');
  }
}

/**
 * Where a guard sends a signed-out browser that opens a page: the sign-in page, with the path to
 * return to. `null`: respond with the error itself.
 */
export function signInLocation(
  request: RequestHead,
  error: unknown,
  page: string | undefined,
): string | null {
  if (page === undefined || !isSignedOut(error) || !opensPage(request)) return null;
  const wanted = returnPath(pathOf(request));
  // The sign-in page is behind the guard by mistake: this would redirect for ever.
  if (pathname(wanted) === pathname(page)) return null;
  const way = `returnTo=${encodeURIComponent(wanted)}`;
  return `${page}${page.includes("?") ? "&" : "?"}${way}`;
}

/**
 * Whether a browser will show the response as a page, by Fetch Metadata, or in older browsers by
 * `Accept`. A program with a bearer token shows no pages.
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
 * The path to return to after a sign-in, if it stays on this origin. For anything else, such as the
 * address of another site, it returns `"/"`: anyone can put a `returnTo` into a link.
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
  // Browsers read `//host` and `/\host` as another origin, and remove tabs and newlines first
  // (WHATWG URL §4.4).
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : "/";
}
