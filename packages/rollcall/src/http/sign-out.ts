import { SessionError } from "../core/model/errors.js";
import { endAll } from "./contested-cookies.js";
import { bearerToken, isByCookie } from "./credentials.js";
import { requireIntent } from "./cross-site.js";
import type { HttpContext } from "./http-context.js";
import type { RequestHead } from "./request-head.js";

/**
 * Ends the session that the request proves, or that of the refresh token in its body, and clears
 * its cookies.
 */
export async function signOut(
  { settings: { sessions }, cookieTokens, outgoing }: HttpContext,
  request: RequestHead,
  given?: string,
): Promise<void> {
  requireIntent(request, "signOut");
  const cookies = isByCookie(request) ? cookieTokens(request) : undefined;
  try {
    // Ends all, since any of them may be the caller's.
    if (cookies?.contested) {
      const inBody = given === undefined ? [] : [{ refreshToken: given }];
      await endAll(sessions, [...inBody, ...cookies.contested]);
    } else
      await sessions.logout({
        accessToken: cookies === undefined ? headerToken(request) : cookies.accessToken,
        refreshToken: given ?? cookies?.refreshToken,
      });
  } catch (error) {
    const isDead = error instanceof SessionError && error.code === "credential_invalid";
    if (isDead) outgoing.forget(request);
    throw error;
  }
  outgoing.forget(request);
}

/** The token of the header; an empty string if it is malformed, so that the body may still do. */
function headerToken(request: RequestHead): string {
  try {
    return bearerToken(request) ?? "";
  } catch {
    return "";
  }
}
