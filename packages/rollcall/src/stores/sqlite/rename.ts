import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Rename } from "../../core/port/operations.js";
import { toSession } from "../session-columns.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { appendEvents } from "./sql/event-sql.js";
import { ACTIVE, COLUMNS, OF_USER } from "./sql/session-sql.js";

/** The session, and with `:deviceId` all of that device. */
export const RENAME: string = `
UPDATE rollcall_sessions SET name = :name
WHERE ${OF_USER} AND ${ACTIVE} AND name IS NOT :name AND (id = :id OR device_id = :deviceId)
RETURNING ${COLUMNS}`;

export const RENAME_DEVICE: string = `
UPDATE rollcall_devices SET name = :name
WHERE ${OF_USER} AND device_id = :deviceId AND name IS NOT :name`;

export const GET_ACTIVE: string = `
SELECT ${COLUMNS} FROM rollcall_sessions WHERE id = :id AND ${OF_USER} AND ${ACTIVE}`;

/** Names a session, or with one of a device the device and all its sessions. */
export function rename(
  transaction: WriteTransaction,
  user: User,
  id: SessionId,
  { name, actor, now = Date.now() }: Rename,
): StoredSession | null {
  const { connection, report } = transaction;
  const owner = { userType: user.type, userId: user.id };
  const [found] = connection.rows(GET_ACTIVE, { ...owner, id, now });
  if (found === undefined) return null;
  const session = toSession(found, report);
  const { deviceId } = session;
  if (deviceId !== null) connection.run(RENAME_DEVICE, { ...owner, deviceId, name });
  const renamed = connection
    .rows(RENAME, { ...owner, id, deviceId, name, now })
    .map((row) => toSession(row, report));
  const events = renamed.map(({ id: sessionId }) => ({
    type: "session.renamed" as const,
    user,
    sessionId,
    actor,
  }));
  appendEvents(transaction, now, events);
  // The session may have had that name already.
  return renamed.find((row) => row.id === id) ?? session;
}
