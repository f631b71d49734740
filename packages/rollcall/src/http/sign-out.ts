import type { LogoutCredentials } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import { endAll } from "./contested-cookies.js";
import { bearerToken, isByCookie } from "./credentials.js";
import { requireIntent } from "./cross-site.js";
import type { HttpContext } from "./http-context.js";
import type { RequestHead } from "./request-head.js";

/**
 * Ends the session that the request proves, or that of the refresh token in its body, and clears
 * its cookies. If somebody acts as a user, their own session ends too: its way back is in a cookie of
 * this browser.
 */
export async function signOut(
  { settings: { sessions }, cookieTokens, actorTokens, outgoing }: HttpContext,
  request: RequestHead,
  given?: string,
): Promise<void> {
  requireIntent(request, "signOut");
  const cookies = isByCookie(request) ? cookieTokens(request) : undefined;
  const actors = actorTokens(request);
  const shown: LogoutCredentials = {
    accessToken: cookies === undefined ? headerToken(request) : cookies.accessToken,
    refreshToken: given ?? cookies?.refreshToken,
  };
  const isShown = shown.accessToken !== undefined || shown.refreshToken !== undefined;
  try {
    // Ends all, since any of them may be the caller's.
    if (cookies?.contested || actors.length > 0) {
      const inBody = given === undefined ? [] : [{ refreshToken: given }];
      const own = cookies?.contested ?? (isShown ? [shown] : []);
      await endAll(sessions, [
        ...inBody,
        ...own,
        ...actors.map((refreshToken) => ({ refreshToken })),
      ]);
    } else await sessions.logout(shown);
  } catch (error) {
    const isDead = error instanceof SessionError && error.code === "credential_invalid";
    if (isDead) outgoing.forget(request);
    throw error;
  }
  outgoing.forgetAll(request);
}

/** The token of the header; an empty string if it is malformed, so that the body may still do. */
function headerToken(request: RequestHead): string {
  try {
    return bearerToken(request) ?? "";
  } catch {
    return "";
  }
}
