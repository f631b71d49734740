import type { Context } from "../context.js";
import { invalid, type SessionError, unavailable } from "../model/errors.js";
import type { JsonObject } from "../model/json.js";
import { decide, type RotationDecision } from "../model/rotation.js";
import type { Actor, StoredSession } from "../model/session.js";
import { expiryOf, revocationOf } from "../model/session-ended.js";
import type { ReauthenticationOutcome, Rotation, RotationOutcome } from "../port/operations.js";
import type { TransactionStore } from "../port/store.js";
import { decodeRefreshToken, type PresentedToken } from "../tokens/refresh-token.js";
import { claimsOf } from "./claims.js";

const SYSTEM: Actor = { kind: "system" };

/** Decodes a refresh token. @throws SessionError when it is not genuine. */
export function decode(context: Context<unknown>, token: string): PresentedToken {
  const claims = typeof token === "string" ? decodeRefreshToken(token, context.ring) : null;
  if (claims === null) throw invalid("forged");
  return claims;
}

/** Where a token was presented from. */
export type Seen = Pick<Rotation, "ip" | "userAgent">;

export const UNSEEN: Seen = { ip: null, userAgent: null };

/** The input of `store.rotate` for a presented token. */
export function rotationOf(
  context: Context<unknown>,
  presented: PresentedToken,
  { ip, userAgent }: Seen,
): Rotation {
  const { retryWindow, accessTokenTtl, storeNow } = context.settings;
  return {
    id: presented.sessionId,
    presented: presented.generation,
    presentedKeyId: presented.keyId,
    keyId: context.ring.current().id,
    ip,
    userAgent,
    retryWindow,
    accessTokenTtl,
    now: storeNow(),
  };
}

/** Presents a generation to the store, which decides (contract §4). */
export function rotate(
  context: Context,
  presented: PresentedToken,
  seen: Seen,
): Promise<RotationOutcome> {
  const rotation = rotationOf(context, presented, seen);
  return context.callStore("rotate", () => context.store.rotate(rotation));
}

/** What a refresh token proves without being rotated. */
export interface Looked {
  readonly session: StoredSession;
  readonly now: number;
  readonly decision: Exclude<RotationDecision, "reuse" | "superseded" | "revoked" | "expired">;
}

/**
 * Checks a presented generation with one read. Reuse ends the session here too: a superseded token
 * that comes back reveals a theft, even if nobody wanted to rotate it.
 *
 * @throws SessionError when the token proves nothing.
 */
export async function look(context: Context, presented: PresentedToken): Promise<Looked> {
  const { store } = context;
  const { storeNow, retryWindow } = context.settings;
  // An old token must not be accepted while the first use of its successor is not written yet.
  await context.activity.settle(presented.sessionId);
  const found = await context.callStore("find", () => store.find(presented.sessionId, storeNow()));
  // The key may have been dropped in the meantime.
  if (context.ring.get(presented.keyId) === undefined) throw invalid("forged");
  if (found === null) throw invalid("unknown");
  const { session, now } = found;
  const decision = decide(session, presented.generation, now, retryWindow);
  // A superseded generation never becomes current again, whatever happened since the read.
  if (decision === "reuse") throw refused(context, await rotate(context, presented, UNSEEN));
  if (decision === "superseded" || decision === "revoked" || decision === "expired") {
    throw refused(context, { outcome: decision, session, now });
  }
  return { session, now, decision };
}

/** Applies what a refused rotation revealed, and returns the error. */
export function refused(
  context: Context,
  outcome: RotationOutcome | Exclude<ReauthenticationOutcome, { readonly outcome: "outdated" }>,
): SessionError {
  switch (outcome.outcome) {
    case "unknown":
      return invalid("unknown");
    case "expired":
      tell(context, "session.expired", outcome.session, outcome.now);
      return invalid("expired", expiryOf(outcome.session));
    case "superseded":
      return invalid("superseded");
    case "revoked":
    case "reused":
      context.markRevoked([outcome.session]);
      return invalid(outcome.outcome, revocationOf(outcome.session));
    default:
      // The database went back in time between two statements, as after a failover.
      return unavailable("rotate", new Error("a superseded generation became current"));
  }
}

/** The user's claims. If the user is gone, ends the session and throws. */
export async function claimsOrEnd(
  context: Context<TransactionStore>,
  session: StoredSession,
): Promise<JsonObject> {
  const claims = await claimsOf(context, session);
  if (claims !== null) return claims;
  const ended = await end(context, session, "user_gone", SYSTEM);
  throw invalid("user_gone", ended === null ? undefined : revocationOf(ended));
}

/** Ends a session. It is given back as it stands; `null` when there is none. */
export async function end(
  context: Context<TransactionStore>,
  session: Pick<StoredSession, "user" | "id">,
  reason: string,
  actor: Actor,
): Promise<StoredSession | null> {
  const { store } = context;
  const { storeNow } = context.settings;
  const revoked = await context.callStore("revoke", () =>
    store.revoke(session.user, session.id, { reason, actor }, storeNow()),
  );
  if (revoked === null) return null;
  context.markRevoked([revoked.session]);
  return revoked.session;
}

/** Emits an event that only concerns this process. */
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
