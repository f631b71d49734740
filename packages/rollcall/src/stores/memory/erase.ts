import type { StoredEvent } from "../../core/model/events.js";
import { isActive, type StoredSession } from "../../core/model/session.js";
import { type User, userKey } from "../../core/model/user.js";
import { ERASED, type Erased, isRefused, NOBODY, tombstone } from "../../core/port/erasure.js";
import type { MemoryDatabase } from "./database.js";

/** Forgets a user; `end` ends a session and writes the event. */
export function erase(
  { rows, touchedBy, events, everywhereAt, claimsAt }: MemoryDatabase,
  user: User,
  now: number,
  margin: number,
  end: (row: StoredSession) => StoredSession,
): Erased {
  const key = userKey(user);
  const theirs = [...rows.values()].filter((row) => userKey(row.user) === key);
  const left = theirs.filter((row) => isRefused(row, now, margin));
  const refused = left.map((row) => {
    const ended = tombstone(isActive(row, now) ? end(row) : row, now);
    rows.set(row.id, Object.freeze(ended));
    return { id: ended.id, accessUntil: ended.accessUntil };
  });
  const kept = new Set(refused.map(({ id }) => id));
  for (const { id } of theirs) {
    if (kept.has(id)) continue;
    rows.delete(id);
    touchedBy.delete(id);
  }
  const told = events.flatMap((event) => {
    if (userKey(event.user) !== key) return [event];
    return kept.has(event.sessionId) ? [anonymous(event)] : [];
  });
  events.splice(0, events.length, ...told);
  everywhereAt.delete(key);
  claimsAt.delete(key);
  return { erased: theirs.length, refused };
}

function anonymous(event: StoredEvent): StoredEvent {
  const named = { ...event, user: NOBODY, actor: ERASED.actor };
  return named.type === "session.revoked" ? { ...named, reason: ERASED.reason } : named;
}
