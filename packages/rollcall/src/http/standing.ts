import type { Principal } from "../core/model/credentials.js";
import { invalid, SessionError } from "../core/model/errors.js";
import type { Session } from "../core/model/session-view.js";
import { encodeCursor } from "../core/verbs/list-cursor.js";
import type { HttpSettings } from "./options.js";
import { requireAssurance } from "./require-assurance.js";

/** What a caller must be to act on other sessions of their own user. */
export interface Standing {
  /** @throws SessionError `reauthentication_required` where `requireRecentAuth` asks for it. */
  requireRecent(principal: Principal): void;
  /**
   * Where `minimumAgeToRevokeOthers` is set: may the caller end the session with this id, or with
   * `null` all the others?
   *
   * Times of creation never change, so nothing that happens after the check can make it wrong: no
   * session that is older than the caller's can come to be.
   *
   * @throws SessionError `session_too_new` for a session that is too young.
   */
  requireAge(principal: Principal, id: string | null): Promise<void>;
}

/** Whether a session is the older one: of two in one millisecond, as the list has them. */
function comesBehind(session: Session, own: Session): boolean {
  const younger = session.createdAt.getTime() - own.createdAt.getTime();
  return younger === 0 ? session.id > own.id : younger < 0;
}

export function createStanding(settings: HttpSettings): Standing {
  const { sessions, clock, recentAuth, minimumAgeToRevokeOthers: minimumAge } = settings;

  const isOlder = async (
    { user }: Principal,
    own: Session,
    id: string | null,
  ): Promise<boolean> => {
    if (id !== null) {
      const other = await sessions.get(user, id);
      return other !== null && other.revokedAt === null && comesBehind(other, own);
    }
    // The list is newest first, so what comes behind the caller's own session is older.
    const cursor = encodeCursor({ createdAt: own.createdAt.getTime(), id: own.id });
    const page = await sessions.list(user, { limit: 1, cursor });
    return page.sessions.length > 0;
  };

  return {
    requireRecent(principal) {
      if (recentAuth === null) return;
      requireAssurance(principal, { maxAge: recentAuth }, sessions.levels, clock.now());
    },
    async requireAge(principal, id) {
      if (minimumAge === null || id === principal.sessionId) return;
      const own = await sessions.get(principal.user, principal.sessionId);
      if (own === null) throw invalid("unknown");
      if (clock.now() - own.createdAt.getTime() >= minimumAge) return;
      if (!(await isOlder(principal, own, id))) return;
      throw new SessionError("session_too_new");
    },
  };
}
