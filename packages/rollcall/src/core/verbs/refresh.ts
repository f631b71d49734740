import type { Context } from "../context.js";
import type { Refreshed } from "../model/answers.js";
import { optionsObject, plainText } from "../model/argument.js";
import type { RefreshOptions } from "../model/call-options.js";
import { checkedIp, seenUserAgent } from "../model/device.js";
import { invalid } from "../model/errors.js";
import type { JsonObject } from "../model/json.js";
import { contextOf, type StoredSession } from "../model/session.js";
import { toView } from "../model/session-view.js";
import type { PresentedToken } from "../tokens/refresh-token.js";
import { requireActor } from "./act-as.js";
import { NO_CLAIMS } from "./claims.js";
import { KEY_COMPROMISED } from "./compromised-key.js";
import { claimsOrEnd, decode, end, look, refused, rotate, type Seen, tell } from "./presented.js";

/** Rotates a refresh token (contract §4). */
export async function refresh(
  context: Context,
  token: string,
  options: RefreshOptions | undefined,
): Promise<Refreshed> {
  const { settings } = context;
  const seen = seenIn(optionsObject(options, "options"));
  const presented = decode(context, token);
  // A late retry must not find its successor unused while that first use is not written yet.
  await context.activity.settle(presented.sessionId);
  const asked = await claimsBeforehand(context, presented);
  const outcome = await rotate(context, presented, seen);
  if (outcome.outcome !== "rotated" && outcome.outcome !== "retried")
    throw refused(context, outcome);
  const { session, now } = outcome;
  // The key was dropped in the meantime, and that may have missed this session.
  if (context.ring.get(presented.keyId) === undefined)
    await refuseDropped(context, presented, session);
  await requireActor(context, session);
  // They may be older than a refreshClaims() that came in between: nothing refuses this generation.
  const claims =
    asked === null || asked.outdatedUntil === session.outdatedUntil
      ? (asked?.claims ?? NO_CLAIMS)
      : await claimsOrEnd(context, session);
  if (outcome.outcome === "rotated") tell(context, "session.refreshed", session, now);
  return {
    session: toView(session),
    tokens: context.issuer.issue(session, now, claims),
    principal: context.verifier.principal({
      keyId: presented.keyId,
      user: session.user,
      sessionId: session.id,
      generation: session.generation,
      claims,
      context: contextOf(session),
      expiresAt: context.issuer.accessExpiry(session),
    }),
    retryableFor: Math.max(0, session.rotatedAt + settings.retryWindow - now),
  };
}

/** @throws TypeError naming the option at fault. */
function seenIn({ ip, userAgent }: RefreshOptions): Seen {
  if (userAgent !== undefined && userAgent !== "") {
    plainText(userAgent, Number.POSITIVE_INFINITY, "userAgent");
  }
  return { ip: checkedIp(ip, "ip"), userAgent: seenUserAgent(userAgent) };
}

async function refuseDropped(
  context: Context,
  { keyId }: PresentedToken,
  session: StoredSession,
): Promise<never> {
  const { reason, actor } = KEY_COMPROMISED;
  if (context.ring.isCompromised(keyId)) await end(context, session, reason, actor);
  throw invalid("forged");
}

/**
 * The claims of the new tokens, before anything is written: unusable claims must not cost the client
 * its refresh token. This reads the session, but only if the application adds claims.
 */
async function claimsBeforehand(
  context: Context,
  presented: PresentedToken,
): Promise<AskedClaims | null> {
  if (context.settings.claimsFor === null) return null;
  const { session } = await look(context, presented);
  const { outdatedUntil } = session;
  return { claims: await claimsOrEnd(context, session), outdatedUntil };
}

/** Claims, and `outdatedUntil` of the session before they were asked for: each outdating moves it. */
interface AskedClaims {
  readonly claims: JsonObject;
  readonly outdatedUntil: number | null;
}
