import { SessionError } from "../core/model/errors.js";
import { endAll } from "./contested-cookies.js";
import { bearerToken, isByCookie } from "./credentials.js";
import { requireIntent } from "./cross-site.js";
import type { HttpContext } from "./http-context.js";
import type { RequestHead } from "./request-head.js";

/**
 * Ends the session that the request proves, or the refresh token that it brought in its body, and
 * lets its cookies go with the answer.
 */
export async function signOut(
  { settings: { sessions }, cookieTokens, outgoing }: HttpContext,
  request: RequestHead,
  given?: string,
): Promise<void> {
  requireIntent(request, "signOut");
  const cookies = isByCookie(request) ? cookieTokens(request) : undefined;
  try {
    // Whichever of them is the caller's, none is left to be taken for it.
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

/** What the header brings; a text that is no token if it is malformed, so that a body may still do. */
function headerToken(request: RequestHead): string {
  try {
    return bearerToken(request) ?? "";
  } catch {
    return "";
  }
}
