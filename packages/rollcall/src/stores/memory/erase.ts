import { type StoredEvent, storedEvent } from "../../core/model/events.js";
import type { JsonObject } from "../../core/model/json.js";
import { isActive, type StoredSession } from "../../core/model/session.js";
import { type User, userKey } from "../../core/model/user.js";
import { ERASED, type Erased, isRefused, NOBODY, tombstone } from "../../core/port/erasure.js";
import type { MemoryDatabase } from "./database.js";

/** Forgets a user; `end` ends a session and writes the event. */
export function erase(
  { rows, touchedBy, events, everywhereAt, claimsAt, devices, firstDevice }: MemoryDatabase,
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
    return kept.has(event.sessionId) ? anonymous(event) : [];
  });
  events.splice(0, events.length, ...told);
  everywhereAt.delete(key);
  claimsAt.delete(key);
  devices.delete(key);
  firstDevice.delete(key);
  return { erased: theirs.length, refused };
}

function anonymous(event: StoredEvent): StoredEvent[] {
  const { id, at, sessionId, processId, type } = event;
  const base = { id, at, sessionId, processId, user: NOBODY, actor: ERASED.actor };
  const left = storedEvent(base, type, leftOf(event));
  return left === null ? [] : [left];
}

/** What others still have to read: how it ended, and what to refuse. */
function leftOf(event: StoredEvent): JsonObject | null {
  if (event.type === "session.revoked") return { reason: ERASED.reason };
  return event.type === "session.claims_outdated" ? { generation: event.generation } : null;
}
