import type { MemoryDatabase } from "./database.js";

/** Deletes sessions past their absolute limit, with their events; returns how many. */
export function purge(
  { rows, touchedBy, events }: MemoryDatabase,
  before: number,
  limit: number,
): number {
  const over = [...rows.values()].filter((row) => row.absoluteExpiresAt < before);
  const purged = new Set(over.slice(0, limit).map((row) => row.id));
  for (const id of purged) {
    rows.delete(id);
    touchedBy.delete(id);
  }
  const kept = events.filter((event) => !purged.has(event.sessionId));
  events.splice(0, events.length, ...kept);
  return purged.size;
}

/** Deletes old events, except the revocations of sessions that are kept; returns how many. */
export function purgeEvents({ events }: MemoryDatabase, before: number, limit: number): number {
  const over = events
    .filter((event) => event.at < before && event.type !== "session.revoked")
    .sort((a, b) => a.at - b.at);
  const purged = new Set(over.slice(0, limit));
  const kept = events.filter((event) => !purged.has(event));
  events.splice(0, events.length, ...kept);
  return purged.size;
}
