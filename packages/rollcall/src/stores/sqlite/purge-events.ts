import type { WriteTransaction } from "./connection/write-transaction.js";

export const PURGE_EVENTS: string = `
DELETE FROM rollcall_events WHERE id IN (
  SELECT id FROM rollcall_events
  WHERE at < :before AND type <> 'session.revoked'
  ORDER BY at LIMIT :limit
)
RETURNING id`;

/** Deletes old events, except the revocations of sessions that are kept; returns how many. */
export function purgeEvents(
  { connection }: WriteTransaction,
  before: number,
  limit: number,
): number {
  return connection.rows(PURGE_EVENTS, { before, limit }).length;
}
