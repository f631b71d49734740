import type { StoredSession } from "../../core/model/session.js";
import type { Values } from "./database.js";

/** The values of a session under the names that INSERT and WRITE_ROTATION give them. */
export function toValues(session: StoredSession): Values {
  const { user, deviceInfo, metadata, persistent, revokedBy, ...plain } = session;
  return {
    ...plain,
    userType: user.type,
    userId: user.id,
    deviceInfo: deviceInfo === null ? null : JSON.stringify(deviceInfo),
    metadata: metadata === null ? null : JSON.stringify(metadata),
    persistent: persistent ? 1 : 0,
    revokedBy: revokedBy === null ? null : JSON.stringify(revokedBy),
  };
}
