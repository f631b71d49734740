import type { Context } from "../context.js";
import { invalid, type SessionError, unavailable } from "../model/errors.js";
import type { JsonObject } from "../model/json.js";
import { decide, type RotationDecision } from "../model/rotation.js";
import type { Actor, StoredSession } from "../model/session.js";
import type { Rotation, RotationOutcome } from "../port/store.js";
import { decodeRefreshToken, type PresentedToken } from "../tokens/refresh-token.js";
import { claimsOf } from "./claims.js";

const SYSTEM: Actor = { kind: "system" };

/** What a refresh token says. @throws SessionError when it is none of ours. */
export function decode(context: Context<unknown>, token: string): PresentedToken {
  const claims = typeof token === "string" ? decodeRefreshToken(token, context.ring) : null;
  if (claims === null) throw invalid("forged");
  return claims;
}

/** A generation as the store is shown it. */
export function rotationOf(
  context: Context<unknown>,
  presented: PresentedToken,
  ip: string | null,
): Rotation {
  const { retryWindow, accessTokenTtl, storeNow } = context.settings;
  return {
    id: presented.sessionId,
    presented: presented.generation,
    presentedKeyId: presented.keyId,
    keyId: context.ring.current().id,
    ip,
    retryWindow,
    accessTokenTtl,
    now: storeNow(),
  };
}

/** Presents a generation to the store, which decides what becomes of it (contract §4). */
export function rotate(
  context: Context,
  presented: PresentedToken,
  ip: string | null,
): Promise<RotationOutcome> {
  const rotation = rotationOf(context, presented, ip);
  return context.callStore(() => context.store.rotate(rotation));
}

/** What a refresh token proves to somebody who does not rotate it. */
export interface Looked {
  readonly session: StoredSession;
  readonly now: number;
  readonly decision: Exclude<RotationDecision, "reuse" | "revoked" | "expired">;
}

/**
 * Looks at a presented generation by one read. Reuse is acted upon, whoever looks: a token that was
 * seen twice is a theft, also where nobody wanted to rotate it.
 *
 * @throws SessionError when the token proves nothing.
 */
export async function look(context: Context, presented: PresentedToken): Promise<Looked> {
  const { store } = context;
  const { storeNow, retryWindow } = context.settings;
  // A late token must not be honoured while the first use of its successor waits to be written.
  await context.activity.settle(presented.sessionId);
  const found = await context.callStore(() => store.find(presented.sessionId, storeNow()));
  // A key may have been dropped while the database was asked.
  if (context.ring.get(presented.keyId) === undefined) throw invalid("forged");
  if (found === null) throw invalid("unknown");
  const { session, now } = found;
  const decision = decide(session, presented.generation, now, retryWindow);
  // Nothing that may have happened since the read makes a superseded generation current again.
  if (decision === "reuse") throw refused(context, await rotate(context, presented, null));
  if (decision === "revoked" || decision === "expired") {
    throw refused(context, { outcome: decision, session, now });
  }
  return { session, now, decision };
}

/** Takes in what the store refused, and makes the error to say so. */
export function refused(context: Context, outcome: RotationOutcome): SessionError {
  switch (outcome.outcome) {
    case "unknown":
      return invalid("unknown");
    case "expired":
      tell(context, "session.expired", outcome.session, outcome.now);
      return invalid("expired");
    case "revoked":
    case "reused":
      context.markRevoked([outcome.session]);
      return invalid(outcome.outcome);
    default:
      // The database went back in time between two questions: a failover, say.
      return unavailable(new Error("a superseded generation became current"));
  }
}

/** The user's claims; where the user is gone the session ends instead. */
export async function claimsOrEnd(context: Context, session: StoredSession): Promise<JsonObject> {
  const claims = await claimsOf(context, session);
  if (claims !== null) return claims;
  await end(context, session, "user_gone", SYSTEM);
  throw invalid("user_gone");
}

export async function end(
  context: Context,
  session: Pick<StoredSession, "user" | "id">,
  reason: string,
  actor: Actor,
): Promise<void> {
  const { store } = context;
  const { storeNow } = context.settings;
  const revoked = await context.callStore(() =>
    store.revoke(session.user, session.id, { reason, actor }, storeNow()),
  );
  if (revoked !== null) context.markRevoked([revoked.session]);
}

/** Tells the listeners of this process of what no other needs to hear. */
export function tell(
  context: Context<unknown>,
  type: "session.expired" | "session.refreshed",
  session: StoredSession,
  at: number,
): void {
  context.hub.emit({
    type,
    id: `${session.generation}`,
    at,
    user: session.user,
    sessionId: session.id,
    actor: SYSTEM,
    processId: context.processId,
  });
}
