import type { Core } from "./core.js";
import { claimsOrEnd, decode, refused, rotate, tell } from "./presented.js";
import { toView } from "./session-view.js";
import type { Refreshed } from "./sessions-api.js";

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
  const outcome = await rotate(core, presented, ip === undefined ? null : ip.slice(0, LONGEST_IP));
  if (outcome.outcome !== "rotated" && outcome.outcome !== "retried") throw refused(core, outcome);
  const { session, now } = outcome;
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
