import type { ReuseDetected } from "rollcall";
import { finderOf, type Running, report } from "../state.js";
import { authEvents } from "./auth-events.js";
import { RefreshToken } from "./refresh-token.js";
import type { AuthUser } from "./user.js";

type Told = Pick<Running, "models" | "sessions">;

/**
 * Raises the package's alarm for every superseded token, however it was presented, in the process
 * that it was presented to.
 */
export function raiseAlarms(told: Told): void {
  const raise = (event: ReuseDetected): void => {
    tell(told, event).catch((error: unknown) => {
      report("the owner of a stolen session cannot be found", error);
    });
  };
  told.sessions.on("session.reuse_detected", raise, { scope: "own" });
}

async function tell(
  { models, sessions }: Told,
  { user, sessionId }: Pick<ReuseDetected, "user" | "sessionId">,
): Promise<void> {
  // Without its row where that cannot be read: an alarm does not wait for a database.
  const session = await sessions.get(user, sessionId).catch(() => null);
  const rows = session === null ? [] : [new RefreshToken(session)];
  authEvents.emit("token.familyRevoked", sessionId, rows);
  const owner: AuthUser | null | undefined = await finderOf(models, user.type)?.find(user.id);
  if (!owner || session === null) return;
  const row = new RefreshToken(session, owner.id);
  authEvents.emit("token.revoked", owner, row);
  authEvents.emit("session.destroyed", owner, row);
}
