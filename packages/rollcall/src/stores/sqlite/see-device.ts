import type { NewSession } from "../../core/port/operations.js";
import { integerOf, nullable, stringOf } from "../row.js";
import type { WriteTransaction } from "./connection/write-transaction.js";

/** The device of the user's first sign-in that had one; `:deviceId` if there was none. */
export const FIRST_DEVICE: string = `
INSERT INTO rollcall_users (user_type, user_id, epoch, everywhere_at, first_device)
VALUES (:userType, :userId, 0, 0, :deviceId)
ON CONFLICT (user_type, user_id) DO UPDATE SET
  first_device = coalesce(first_device, excluded.first_device)
RETURNING first_device`;

export const SEE: string = `
INSERT INTO rollcall_devices
  (user_type, user_id, device_id, name, sign_ins, first_seen_at, last_seen_at)
VALUES (:userType, :userId, :deviceId, NULL, 1, :now, :now)
ON CONFLICT (user_type, user_id, device_id) DO UPDATE SET
  sign_ins = sign_ins + 1, last_seen_at = max(last_seen_at, excluded.last_seen_at)
RETURNING name, sign_ins`;

/** What a sign-in learns of its device. */
interface SeenDevice {
  readonly name: string | null;
  /** New to the user, who had another before. */
  readonly isNews: boolean;
}

const NONE: SeenDevice = { name: null, isNews: false };

/** Remembers the device of a sign-in. */
export function see(
  { connection }: WriteTransaction,
  { user, deviceId }: Pick<NewSession, "user" | "deviceId">,
  now: number,
): SeenDevice {
  if (deviceId === null) return NONE;
  const values = { userType: user.type, userId: user.id, deviceId };
  const [owner] = connection.rows(FIRST_DEVICE, values);
  const [device] = connection.rows(SEE, { ...values, now });
  if (owner === undefined || device === undefined) return NONE;
  const isNew = integerOf(device, "sign_ins") === 1;
  return {
    name: nullable(stringOf, device, "name"),
    isNews: isNew && stringOf(owner, "first_device") !== deviceId,
  };
}
