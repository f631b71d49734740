import { seenUserAgent } from "../model/device.js";
import type { StoredSession } from "../model/session.js";
import type { NewSession } from "./operations.js";

/** The row of a sign-in. Pure: stores that make it themselves use it, SQL mirrors it. */
export function firstRow(input: NewSession, now: number): StoredSession {
  const absoluteExpiresAt = now + input.absoluteTimeout;
  const expiresAt = Math.min(now + input.idleTimeout, absoluteExpiresAt);
  return {
    id: input.id,
    user: input.user,
    deviceInfo: input.deviceInfo,
    metadata: input.metadata,
    name: input.name ?? null,
    persistent: input.persistent,
    createdAt: now,
    lastUsedAt: now,
    lastIp: input.lastIp,
    idleTimeout: input.idleTimeout,
    expiresAt,
    absoluteExpiresAt,
    generation: 1,
    predecessor: 0,
    skippedFrom: 0,
    skippedTo: 0,
    confirmed: 0,
    rotatedAt: now,
    keyId: input.keyId,
    accessUntil: Math.min(now + input.accessTokenTtl, expiresAt),
    revokedAt: null,
    revokedReason: null,
    revokedBy: null,
    kind: input.kind,
    scopes: input.scopes,
    secretHash: input.secretHash,
    authenticatedAt: Math.min(input.authenticatedAt ?? now, now),
    methods: input.methods,
    level: input.level,
    deviceId: input.deviceId,
    lastUserAgent: seenUserAgent(input.deviceInfo?.userAgent),
    actor: input.actor,
    outdatedTo: null,
    outdatedUntil: null,
    supersededTo: null,
  };
}
