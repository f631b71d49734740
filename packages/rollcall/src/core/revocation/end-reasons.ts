import type { SessionId } from "../model/session.js";
import type { SessionEnded } from "../model/session-ended.js";

/**
 * How revoked sessions ended. The index of a process does not know, so the database is asked: only
 * when a genuine token was refused, once for each session, and never by many requests at once. Who is
 * refused beyond that, or while the database is away, is refused without a reason.
 */
export interface EndReasons {
  of(id: SessionId): Promise<SessionEnded | undefined>;
}

/** Sessions whose end is remembered, so that a client that repeats its request asks nothing. */
const MOST_KNOWN = 1000;
/** After an "everywhere" of many, most connections stay with those who are let in. */
const MOST_AT_ONCE = 4;

export function createEndReasons(
  ask: (id: SessionId) => Promise<SessionEnded | undefined>,
): EndReasons {
  const known = new Map<SessionId, Promise<SessionEnded | undefined>>();
  let asking = 0;

  const begin = async (id: SessionId): Promise<SessionEnded | undefined> => {
    asking += 1;
    try {
      return await ask(id);
    } catch {
      // A refusal stays one, whatever the database says of it. It may be asked again.
      known.delete(id);
      return undefined;
    } finally {
      asking -= 1;
    }
  };

  return {
    async of(id) {
      const earlier = known.get(id);
      if (earlier !== undefined) return await earlier;
      if (asking >= MOST_AT_ONCE) return undefined;
      const answer = begin(id);
      known.set(id, answer);
      for (const [oldest] of known) {
        if (known.size <= MOST_KNOWN) break;
        known.delete(oldest);
      }
      return await answer;
    },
  };
}
