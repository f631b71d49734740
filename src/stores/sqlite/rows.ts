import type { DeviceInfo } from "../../core/device.js";
import type { StoredEvent } from "../../core/events.js";
import type { JsonObject } from "../../core/json.js";
import { type Actor, isSessionId, type SessionId, type StoredSession } from "../../core/session.js";
import type { RevokedEntry } from "../../core/store.js";
import type { User } from "../../core/user.js";
import type { Row, Values } from "./database.js";

/** A row that Rollcall did not write so. */
function damaged(column: string): Error {
  return new Error(`unexpected value in column ${column} of a rollcall table`);
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw damaged(column);
  return value;
}

export function integerOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  // Handles can be told to give every integer as a bigint.
  if (typeof value === "bigint") return Number(value);
  throw damaged(column);
}

function nullable<T>(read: (row: Row, column: string) => T, row: Row, column: string): T | null {
  return row[column] === null ? null : read(row, column);
}

function sessionIdOf(row: Row, column: string): SessionId {
  const value = textOf(row, column);
  if (!isSessionId(value)) throw damaged(column);
  return value;
}

export function userOf(row: Row): User {
  return { type: textOf(row, "user_type"), id: textOf(row, "user_id") };
}

function actorOf(row: Row, column: string): Actor {
  const actor: Actor = JSON.parse(textOf(row, column));
  return actor;
}

function deviceInfoOf(row: Row, column: string): DeviceInfo {
  const info: DeviceInfo = JSON.parse(textOf(row, column));
  return info;
}

function jsonOf(row: Row, column: string): JsonObject {
  const value: JsonObject = JSON.parse(textOf(row, column));
  return value;
}

export function toSession(row: Row): StoredSession {
  return {
    id: sessionIdOf(row, "id"),
    user: userOf(row),
    deviceInfo: nullable(deviceInfoOf, row, "device_info"),
    metadata: nullable(jsonOf, row, "metadata"),
    name: nullable(textOf, row, "name"),
    persistent: integerOf(row, "persistent") === 1,
    createdAt: integerOf(row, "created_at"),
    lastUsedAt: integerOf(row, "last_used_at"),
    lastIp: nullable(textOf, row, "last_ip"),
    idleTimeout: integerOf(row, "idle_timeout"),
    expiresAt: integerOf(row, "expires_at"),
    absoluteExpiresAt: integerOf(row, "absolute_expires_at"),
    generation: integerOf(row, "generation"),
    predecessor: integerOf(row, "predecessor"),
    voidFrom: integerOf(row, "void_from"),
    voidTo: integerOf(row, "void_to"),
    confirmed: integerOf(row, "confirmed"),
    rotatedAt: integerOf(row, "rotated_at"),
    keyId: textOf(row, "key_id"),
    accessUntil: integerOf(row, "access_until"),
    revokedAt: nullable(integerOf, row, "revoked_at"),
    revokedReason: nullable(textOf, row, "revoked_reason"),
    revokedBy: nullable(actorOf, row, "revoked_by"),
  };
}

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

export function toRevokedEntry(row: Row): RevokedEntry {
  return { id: sessionIdOf(row, "id"), accessUntil: integerOf(row, "access_until") };
}

/** `null`: an event that only a later release knows. */
export function toEvent(row: Row): StoredEvent | null {
  const base = {
    id: String(integerOf(row, "id")),
    at: integerOf(row, "at"),
    user: userOf(row),
    sessionId: sessionIdOf(row, "session_id"),
    actor: actorOf(row, "actor"),
    origin: textOf(row, "origin"),
  };
  const type = textOf(row, "type");
  switch (type) {
    case "session.created":
    case "session.renamed":
    case "session.reuse_detected":
    case "session.evicted":
    case "session.generation_ahead":
      return { ...base, type };
    case "session.revoked": {
      const { reason } = jsonOf(row, "data");
      if (typeof reason !== "string") throw damaged("data");
      return { ...base, type, reason };
    }
    default:
      return null;
  }
}
