import type { WriteTransaction } from "./connection/write-transaction.js";

export const PURGE_DEVICES: string = `
DELETE FROM rollcall_devices WHERE (user_type, user_id, device_id) IN (
  SELECT user_type, user_id, device_id FROM rollcall_devices
  WHERE last_seen_at < :before
  ORDER BY last_seen_at LIMIT :limit
)
RETURNING device_id`;

/** Forgets devices that nobody signed in on since; returns how many. */
export function purgeDevices(
  { connection }: WriteTransaction,
  before: number,
  limit: number,
): number {
  return connection.rows(PURGE_DEVICES, { before, limit }).length;
}
