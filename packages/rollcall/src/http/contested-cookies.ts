import type { LogoutCredentials } from "../core/model/credentials.js";
import { invalid, SessionError } from "../core/model/errors.js";
import type { Sessions } from "../core/sessions-api.js";
import type { CookieTokens } from "./cookies.js";

/**
 * The tokens of the one session that contested cookies prove; forged and dead values are ignored.
 * If they prove two sessions, one cookie was planted, and nothing tells which: their order in the
 * header depends on paths, which an attacker can choose. Then both sessions end, so that the
 * visitor never acts as someone else.
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

/** Ends all sessions that these cookies prove. @throws SessionError `store_unavailable`. */
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
