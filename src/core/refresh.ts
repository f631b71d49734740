import { claimsOf } from "./claims.js";
import type { Core } from "./core.js";
import { invalid, SessionError } from "./errors.js";
import type { JsonObject } from "./json.js";
import { decodeRefreshToken, type RefreshClaims } from "./refresh-token.js";
import { decide } from "./rotation.js";
import type { Actor, StoredSession } from "./session.js";
import { toView } from "./session-view.js";
import type { LogoutCredentials, Principal, Refreshed } from "./sessions-api.js";

const SYSTEM: Actor = { kind: "system" };
const LONGEST_IP = 64;

/** Rotates a refresh token (CONTRACT 4). */
export async function refresh(
  core: Core,
  token: string,
  ip: string | undefined,
): Promise<Refreshed> {
  const { settings } = core;
  const presented = decode(core, token);
  // A late retry must not take its successor for unused while its first use waits to be written.
  await core.activity.settle(presented.sessionId);
  const outcome = await core.ask(() =>
    settings.store.rotate({
      id: presented.sessionId,
      presented: presented.generation,
      keyId: core.ring.current().id,
      ip: ip === undefined ? null : ip.slice(0, LONGEST_IP),
      retryWindow: settings.retryWindow,
      accessTokenTtl: settings.accessTokenTtl,
      now: settings.storeNow(),
    }),
  );
  if (outcome.outcome === "unknown") throw invalid("unknown");
  const { session, now } = outcome;
  if (outcome.outcome === "expired") {
    tell(core, "session.expired", session, now);
    throw invalid("expired");
  }
  if (outcome.outcome === "revoked" || outcome.outcome === "reused") {
    core.learn([session]);
    throw invalid(outcome.outcome);
  }
  const claims = await claimsOrEnd(core, session);
  if (outcome.outcome === "rotated") tell(core, "session.refreshed", session, now);
  return {
    session: toView(session),
    tokens: core.issuer.issue(session, now, claims),
    principal: core.verifier.principal({
      user: session.user,
      sessionId: session.id,
      generation: session.generation,
      claims,
      expiresAt: core.issuer.accessExpiry(session),
    }),
    retryableFor: Math.max(0, session.rotatedAt + settings.retryWindow - now),
  };
}

/** Proves the holder of a refresh token by one read, without rotating. */
export async function prove(core: Core, token: string): Promise<Principal> {
  const presented = decode(core, token);
  await core.activity.settle(presented.sessionId);
  const found = await core.ask(() =>
    core.settings.store.find(presented.sessionId, core.settings.storeNow()),
  );
  if (found === null) throw invalid("unknown");
  const { session, now } = found;
  const decision = decide(session, presented.generation, now, core.settings.retryWindow);
  if (decision === "revoked" || decision === "expired") throw invalid(decision);
  if (decision === "reuse") throw invalid("reused");
  const claims = await claimsOf(core, session.user);
  if (claims === null) throw invalid("user_gone");
  return core.verifier.principal({
    user: session.user,
    sessionId: session.id,
    generation: session.generation,
    claims,
    expiresAt: session.expiresAt,
  });
}

/** Ends the session of whoever holds either credential; also when it is already over. */
export async function logout(core: Core, credentials: LogoutCredentials): Promise<void> {
  const { accessToken, refreshToken } = credentials;
  if (accessToken === undefined && refreshToken === undefined) {
    throw new SessionError("credential_missing");
  }
  const refused = accessToken === undefined ? undefined : await byAccessToken(core, accessToken);
  if (refused === null) return;
  if (refreshToken === undefined) throw refused ?? invalid("malformed");
  const { sessionId } = decode(core, refreshToken);
  // A superseded token ends the session too: that is what any use of it would do.
  const found = await core.ask(() => core.settings.store.find(sessionId, core.settings.storeNow()));
  if (found !== null) await end(core, found.session, "logout", { kind: "self", sessionId });
}

/** `null` when the session is over now; otherwise why the token does not prove it. */
async function byAccessToken(core: Core, token: string): Promise<SessionError | null> {
  try {
    const { user, sessionId } = await core.verifier.verify(token);
    await end(core, { user, id: sessionId }, "logout", { kind: "self", sessionId });
    return null;
  } catch (error) {
    if (!(error instanceof SessionError) || error.code !== "credential_invalid") throw error;
    return error.reason === "revoked" ? null : error;
  }
}

function decode(core: Core, token: string): RefreshClaims {
  const claims = typeof token === "string" ? decodeRefreshToken(token, core.ring) : null;
  if (claims === null) throw invalid("forged");
  return claims;
}

/** The user's claims; where the user is gone the session ends instead. */
async function claimsOrEnd(core: Core, session: StoredSession): Promise<JsonObject> {
  const claims = await claimsOf(core, session.user);
  if (claims !== null) return claims;
  await end(core, session, "user_gone", SYSTEM);
  throw invalid("user_gone");
}

async function end(
  core: Core,
  session: Pick<StoredSession, "user" | "id">,
  reason: string,
  actor: Actor,
): Promise<void> {
  const { store, storeNow } = core.settings;
  const revoked = await core.ask(() =>
    store.revoke(session.user, session.id, { reason, actor }, storeNow()),
  );
  if (revoked !== null) core.learn([revoked.session]);
}

function tell(
  core: Core,
  type: "session.expired" | "session.refreshed",
  session: StoredSession,
  at: number,
): void {
  core.hub.emit({
    type,
    id: `${session.generation}`,
    at,
    user: session.user,
    sessionId: session.id,
    actor: SYSTEM,
    origin: core.origin,
  });
}
