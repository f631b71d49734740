import type { DeviceInfo } from "../core/device.js";
import type { StoredEvent } from "../core/events.js";
import type { JsonObject } from "../core/json.js";
import { type Actor, isSessionId, type SessionId, type StoredSession } from "../core/session.js";
import type { RevokedEntry } from "../core/store.js";
import type { User } from "../core/user.js";

/** A row of a rollcall table, as whatever driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** A row that Rollcall did not write so. */
function damaged(column: string): Error {
  return new Error(`unexpected value in column ${column} of a rollcall table`);
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw damaged(column);
  return value;
}

/** int8 comes as text from pg, as a number or a bigint from others. */
export function integerOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && /^-?\d{1,19}$/.test(value)) return Number(value);
  throw damaged(column);
}

/** SQLite has 0 and 1 in its place. */
export function booleanOf(row: Row, column: string): boolean {
  const value = row[column];
  return typeof value === "boolean" ? value : integerOf(row, column) === 1;
}

export function nullable<T>(
  read: (row: Row, column: string) => T,
  row: Row,
  column: string,
): T | null {
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

// JSON is read as text: applications replace the drivers' own parsers.

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
    persistent: booleanOf(row, "persistent"),
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

export function toId(row: Row): SessionId {
  return sessionIdOf(row, "id");
}

export function toRevokedEntry(row: Row): RevokedEntry {
  return { id: toId(row), accessUntil: integerOf(row, "access_until") };
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
