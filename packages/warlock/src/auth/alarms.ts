import type { ReuseDetected } from "rollcall";
import type { WarlockContext } from "../context.js";
import { authEvents } from "./auth-events.js";
import { modelOf } from "./configurations.js";
import { RefreshToken } from "./refresh-token.js";

type Told = Pick<WarlockContext, "auth" | "sessions">;

/**
 * Raises the package's alarm for every superseded token, however it was presented, in the process
 * that it was presented to.
 */
export function raiseAlarms(told: Told, onError: (error: unknown) => void = report): void {
  const raise = (event: ReuseDetected): void => {
    tell(told, event)
      .catch(onError)
      .catch(() => {});
  };
  told.sessions.on("session.reuse_detected", raise, { scope: "own" });
}

function report(error: unknown): void {
  const message = error instanceof Error ? error.message : "unknown";
  console.error(`rollcall-warlock: the owner of a stolen session cannot be found: ${message}`);
}

async function tell(
  { auth, sessions }: Told,
  { user, sessionId }: Pick<ReuseDetected, "user" | "sessionId">,
): Promise<void> {
  // Without its row where that cannot be read: an alarm does not wait for a database.
  const session = await sessions.get(user, sessionId).catch(() => null);
  const rows = session === null ? [] : [new RefreshToken(session)];
  authEvents.emit("token.familyRevoked", sessionId, rows);
  const owner = await modelOf(auth, user.type)?.find(user.id);
  if (!owner || session === null) return;
  const row = new RefreshToken(session, owner.id);
  authEvents.emit("token.revoked", owner, row);
  authEvents.emit("session.destroyed", owner, row);
}
