import type { LogoutCredentials } from "../core/model/credentials.js";
import { invalid, SessionError } from "../core/model/errors.js";
import type { Sessions } from "../core/sessions-api.js";
import type { CookieTokens } from "./cookies.js";

/**
 * The tokens of the one session that contested cookies prove between them: what is forged or dead
 * beside it counts for nothing. Where they prove two, one was planted and nobody can tell which (its
 * order in the header depends on paths, which whoever plants it chooses). Then both end, so that the
 * visitor never acts as somebody else and the next sign-in stands alone.
 *
 * @throws SessionError `credential_invalid` when they prove none or several, `store_unavailable`.
 */
export async function soleSession(
  sessions: Sessions,
  contested: readonly LogoutCredentials[],
): Promise<CookieTokens> {
  const proven = new Map<string, LogoutCredentials>();
  let refused = invalid("malformed");
  for (const credential of contested) {
    try {
      const sessionId = await sessionOf(sessions, credential);
      proven.set(sessionId, { ...proven.get(sessionId), ...credential });
    } catch (error) {
      refused = requireInvalid(error);
    }
  }
  const [only, ...others] = proven.values();
  if (only === undefined) throw refused;
  if (others.length > 0) {
    await endAll(sessions, contested);
    throw invalid("revoked");
  }
  return { accessToken: only.accessToken, refreshToken: only.refreshToken, contested: null };
}

/** Ends every session that any of them proves. @throws SessionError `store_unavailable`. */
export async function endAll(
  sessions: Sessions,
  contested: readonly LogoutCredentials[],
): Promise<void> {
  for (const credential of contested) {
    try {
      await sessions.logout(credential);
    } catch (error) {
      requireInvalid(error);
    }
  }
}

async function sessionOf(
  sessions: Sessions,
  { accessToken, refreshToken = "" }: LogoutCredentials,
): Promise<string> {
  const proof =
    accessToken === undefined
      ? sessions.verifyRefreshToken(refreshToken)
      : sessions.verify(accessToken);
  return (await proof).sessionId;
}

function requireInvalid(error: unknown): SessionError {
  if (error instanceof SessionError && error.code === "credential_invalid") return error;
  throw error;
}
