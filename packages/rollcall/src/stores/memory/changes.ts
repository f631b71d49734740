import type { StoredEvent } from "../../core/model/events.js";
import type { StoredSession } from "../../core/model/session.js";
import type { ChangePage } from "../../core/port/changes.js";
import type { OutdatedEntry, RevokedEntry } from "../../core/port/operations.js";
import type { MemoryDatabase } from "./database.js";

/** The events that tell of tokens to refuse. */
const REFUSALS = new Set<StoredEvent["type"]>([
  "session.revoked",
  "session.claims_outdated",
  "session.reauthenticated",
]);

/** What is new since a cursor: the id of the last event. */
export function changes(
  { rows, events, lastEventId }: MemoryDatabase,
  cursor: string | null,
  margin: number,
  now: number,
): ChangePage {
  const last = String(lastEventId);
  const from = cursor !== null && /^\d+$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (from >= 0 && from <= lastEventId) {
    const fresh = events.filter((event) => Number(event.id) > from);
    const told = fresh.filter(({ type }) => REFUSALS.has(type));
    const concerned = new Set(told.map(({ sessionId }) => sessionId));
    const those = [...concerned].flatMap((id) => rows.get(id) ?? []);
    return { cursor: last, now, whole: false, events: fresh, ...toRefuse(those) };
  }
  const all = toRefuse([...rows.values()]);
  return {
    cursor: last,
    now,
    whole: true,
    events: [],
    revoked: all.revoked.filter(({ accessUntil }) => accessUntil > now - margin),
    outdated: all.outdated.filter(({ until }) => until > now - margin),
  };
}

/** What an index must know of sessions. */
function toRefuse(sessions: readonly StoredSession[]): Pick<ChangePage, "revoked" | "outdated"> {
  return { revoked: sessions.flatMap(revoked), outdated: sessions.flatMap(outdated) };
}

function revoked({ id, accessUntil, revokedAt }: StoredSession): RevokedEntry[] {
  return revokedAt === null ? [] : [{ id, accessUntil }];
}

function outdated({ id, outdatedTo, outdatedUntil }: StoredSession): OutdatedEntry[] {
  if (outdatedTo === null || outdatedUntil === null) return [];
  return [{ id, generation: outdatedTo, until: outdatedUntil }];
}
