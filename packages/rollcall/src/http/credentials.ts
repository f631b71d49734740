import { invalid } from "../core/model/errors.js";
import { withoutOptionalWhitespace } from "./optional-whitespace.js";
import type { RequestHead } from "./request-head.js";

/**
 * The token of `Authorization: Bearer`; `null` without the header (RFC 6750 §2.1).
 *
 * @throws SessionError `credential_invalid` for another scheme.
 */
export function bearerToken(request: RequestHead): string | null {
  const header = request.headers.get("authorization");
  if (header === null) return null;
  // The token itself is checked later, since this runs on every request.
  const scheme = /^bearer +/i.exec(header);
  if (scheme === null) throw invalid("malformed");
  return withoutOptionalWhitespace(header.slice(scheme[0].length));
}

/** Whether cookies count. Beside an `Authorization` header they do not. */
export function isByCookie({ headers }: RequestHead): boolean {
  return headers.get("authorization") === null;
}
