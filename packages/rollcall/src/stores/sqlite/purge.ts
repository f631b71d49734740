import { stringOf } from "../row.js";
import type { WriteTransaction } from "./connection/write-transaction.js";

/** `access_until` never lies behind the absolute limit; checked all the same, as a precaution. */
export const PURGE: string = `
DELETE FROM rollcall_sessions WHERE id IN (
  SELECT id FROM rollcall_sessions
  WHERE absolute_expires_at < :before AND access_until < :before
  ORDER BY absolute_expires_at LIMIT :limit
)
RETURNING id`;

export const DELETE_EVENTS_OF: string = `
DELETE FROM rollcall_events WHERE session_id IN (SELECT value FROM json_each(:ids))`;

/** Deletes sessions past their absolute limit, with their events; returns how many. */
export function purge({ connection }: WriteTransaction, before: number, limit: number): number {
  const ids = connection.rows(PURGE, { before, limit }).map((row) => stringOf(row, "id"));
  if (ids.length > 0) connection.run(DELETE_EVENTS_OF, { ids: JSON.stringify(ids) });
  return ids.length;
}
