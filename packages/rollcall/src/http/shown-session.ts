import type { Principal } from "../core/model/credentials.js";
import { parseDevice } from "../core/model/device.js";
import type { Actor } from "../core/model/session.js";
import type { Session } from "../core/model/session-view.js";

/** Of whoever acts as the user, their own address and device are none of the user's business. */
const OF_ACTORS = { deviceInfo: null, device: parseDevice(null), lastIp: null } as const;

/** The session object of contract §1.3. Other fields of a session are not for clients. */
export function toWire(session: Session, { sessionId }: Principal): object {
  const { id, deviceInfo, createdAt, expiresAt, lastUsedAt, lastIp, name, device } = session;
  const { kind, authenticatedAt, methods, level, deviceId, scopes } = session;
  const current = id === sessionId;
  const known = { id, deviceInfo, createdAt, expiresAt, lastUsedAt, lastIp, current, name, device };
  const shown = { ...known, kind, authenticatedAt, methods, level, deviceId, scopes };
  if (session.actor === null) return { ...shown, actor: null };
  const actor = { user: session.actor.user, sessionId: session.actor.sessionId };
  return { ...shown, ...(current ? {} : OF_ACTORS), actor };
}

/** Who a change of the user's sessions is told to have been made by. */
export function actorOf({ sessionId, actor }: Principal): Actor {
  return actor === null
    ? { kind: "user", sessionId }
    : { kind: "admin", sessionId, id: actor.user.id };
}
