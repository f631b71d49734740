import type { Context } from "../context.js";
import { isObject } from "../model/argument.js";
import type { LogoutCredentials } from "../model/credentials.js";
import { invalid, SessionError } from "../model/errors.js";
import { decodeRefreshToken, type PresentedToken } from "../tokens/refresh-token.js";
import { end, look } from "./presented.js";

/** Ends the session of whoever holds either credential; also when it is already over. */
export async function logout(context: Context, credentials: LogoutCredentials): Promise<void> {
  if (!isObject(credentials)) throw new TypeError("logout takes an object of credentials");
  const { accessToken, refreshToken } = credentials;
  if (accessToken === undefined && refreshToken === undefined) {
    throw new SessionError("credential_missing");
  }
  const presented =
    typeof refreshToken === "string" ? decodeRefreshToken(refreshToken, context.ring) : null;
  // First, because a superseded refresh token reveals a theft, which a plain logout would hide.
  const byRefresh = presented === null ? undefined : await byRefreshToken(context, presented);
  const byAccess =
    accessToken === undefined ? undefined : await byAccessToken(context, accessToken);
  if (byRefresh === null || byAccess === null) return;
  if (refreshToken === undefined) throw byAccess ?? invalid("malformed");
  throw byRefresh ?? invalid("forged");
}

/** `null` when the session is over now; otherwise why the token does not prove it. */
async function byRefreshToken(
  context: Context,
  presented: PresentedToken,
): Promise<SessionError | null> {
  const { sessionId } = presented;
  try {
    const { session } = await look(context, presented);
    await end(context, session, "logout", { kind: "self", sessionId });
    return null;
  } catch (error) {
    if (!isInvalid(error)) throw error;
    // A superseded token has no say in the session. Whatever else was wrong, that is over now.
    return error.reason === "superseded" ? error : null;
  }
}

/** `null` when the session is over now; otherwise why the token does not prove it. */
async function byAccessToken(context: Context, token: string): Promise<SessionError | null> {
  try {
    const { user, sessionId } = await context.verifier.verify(token);
    // A token of a skipped generation is reuse, which has to be known before the revocation.
    await context.activity.settle(sessionId);
    await end(context, { user, id: sessionId }, "logout", { kind: "self", sessionId });
    return null;
  } catch (error) {
    if (!isInvalid(error)) throw error;
    return error.reason === "revoked" ? null : error;
  }
}

function isInvalid(error: unknown): error is SessionError {
  return error instanceof SessionError && error.code === "credential_invalid";
}
