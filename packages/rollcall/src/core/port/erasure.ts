import { isActive, type Revocation, type StoredSession } from "../model/session.js";
import type { User } from "../model/user.js";
import type { RevokedEntry } from "./operations.js";

/** The user of whom nothing is left. No application has one: ids are not empty. */
export const NOBODY: User = Object.freeze({ type: "", id: "" });

/** How an erasure ends sessions. */
export const ERASED: Revocation = { reason: "erased", actor: { kind: "system" } };

/** What `erase` of a store goes by. */
export interface Erasure {
  /** How much longer than its last access token an ended session is remembered, in milliseconds. */
  readonly margin: number;
  readonly now?: number | undefined;
}

/** What `erase` of a store did. */
export interface Erased {
  /** How many sessions there were, ended ones included. */
  readonly erased: number;
  /** Those that left a tombstone. */
  readonly refused: readonly RevokedEntry[];
}

/** Whether some process may still have to refuse a session, or has yet to hear of its revocation. */
export function isRefused(session: StoredSession, now: number, margin: number): boolean {
  const { accessUntil, revokedAt } = session;
  const oldest = now - margin;
  return isActive(session, now) || accessUntil > oldest || (revokedAt ?? oldest) > oldest;
}

/** What is left of a session of a user who was erased. Pure: SQL mirrors it. */
export function tombstone(session: StoredSession, now: number): StoredSession {
  return {
    ...session,
    user: NOBODY,
    deviceInfo: null,
    metadata: null,
    name: null,
    lastIp: null,
    kind: null,
    scopes: null,
    secretHash: null,
    authenticatedAt: now,
    methods: null,
    level: null,
    deviceId: null,
    lastUserAgent: null,
    actor: null,
    createdAt: now,
    lastUsedAt: now,
    // It may be purged once no token is left.
    absoluteExpiresAt: session.accessUntil,
    revokedAt: session.revokedAt ?? now,
    revokedReason: ERASED.reason,
    revokedBy: ERASED.actor,
  };
}
