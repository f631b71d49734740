import type { StoredSession } from "./session.js";

/** What a list shows of an active session. Lists are read often, so they leave out the rest. */
export type SessionSummary = Pick<
  StoredSession,
  | "id"
  | "user"
  | "deviceInfo"
  | "metadata"
  | "name"
  | "persistent"
  | "createdAt"
  | "lastUsedAt"
  | "lastIp"
  | "expiresAt"
  | "absoluteExpiresAt"
  | "kind"
  | "scopes"
  | "authenticatedAt"
  | "methods"
  | "level"
  | "deviceId"
  | "actor"
>;

/** The part of a row that is in lists. */
export function summaryOf(session: StoredSession): SessionSummary {
  return {
    id: session.id,
    user: session.user,
    deviceInfo: session.deviceInfo,
    metadata: session.metadata,
    name: session.name,
    persistent: session.persistent,
    createdAt: session.createdAt,
    lastUsedAt: session.lastUsedAt,
    lastIp: session.lastIp,
    expiresAt: session.expiresAt,
    absoluteExpiresAt: session.absoluteExpiresAt,
    kind: session.kind,
    scopes: session.scopes,
    authenticatedAt: session.authenticatedAt,
    methods: session.methods,
    level: session.level,
    deviceId: session.deviceId,
    actor: session.actor,
  };
}
