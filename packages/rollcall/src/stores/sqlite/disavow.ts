import type { SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Disavowal, RevokedEntry } from "../../core/port/operations.js";
import { integerOf, nullable, stringOf } from "../row.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { appendRevoked, revocationValues } from "./sql/event-sql.js";
import { ACTIVE, OF_USER, SET_REVOKED } from "./sql/session-sql.js";

export const TARGET: string = `
SELECT device_id, created_at FROM rollcall_sessions WHERE id = :id AND ${OF_USER}`;

/** A device that was first seen after the session is another record. */
export const FORGET_DEVICE: string = `
DELETE FROM rollcall_devices
WHERE ${OF_USER} AND device_id = :deviceId AND first_seen_at <= :createdAt
RETURNING device_id`;

/** Nothing is equal to it, so that the next sign-in on the device is told of. */
export const UNSET_FIRST_DEVICE: string = `
UPDATE rollcall_users SET first_device = '' WHERE ${OF_USER} AND first_device = :deviceId`;

/** The session, and with `:deviceId` the younger ones of that device. */
export const REVOKE_DISAVOWED: string = `
UPDATE rollcall_sessions SET ${SET_REVOKED}
WHERE ${OF_USER} AND ${ACTIVE} AND (id = :id OR device_id = :deviceId AND created_at >= :createdAt)
RETURNING id, user_type, user_id, access_until`;

/** Ends a session and the younger ones of its device, and forgets the device. */
export function disavow(
  transaction: WriteTransaction,
  user: User,
  id: SessionId,
  { revocation, now = Date.now() }: Disavowal,
): readonly RevokedEntry[] {
  const { connection } = transaction;
  const owner = { userType: user.type, userId: user.id };
  const [target] = connection.rows(TARGET, { ...owner, id });
  if (target === undefined) return [];
  const createdAt = integerOf(target, "created_at");
  const device = { ...owner, deviceId: nullable(stringOf, target, "device_id") };
  const [forgotten] = connection.rows(FORGET_DEVICE, { ...device, createdAt });
  if (forgotten !== undefined) connection.run(UNSET_FIRST_DEVICE, device);
  const rows = connection.rows(REVOKE_DISAVOWED, {
    ...owner,
    ...revocationValues(revocation, now),
    id,
    deviceId: forgotten === undefined ? null : device.deviceId,
    createdAt,
  });
  return appendRevoked(transaction, rows, revocation, now, null);
}
