import type { DeviceInfo } from "../../core/device.js";
import type { StoredEvent } from "../../core/events.js";
import type { JsonObject } from "../../core/json.js";
import { type Actor, isSessionId, type SessionId, type StoredSession } from "../../core/session.js";
import type { RevokedEntry } from "../../core/store.js";
import type { User } from "../../core/user.js";

/** A row as a driver gives it: int8 as text in pg, as a number or bigint in others. */
export type Row = Readonly<Record<string, unknown>>;

export function toRows(rows: readonly unknown[]): readonly Row[] {
  return rows.filter((row): row is Row => typeof row === "object" && row !== null);
}

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
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && /^-?\d{1,19}$/.test(value)) return Number(value);
  throw damaged(column);
}

export function booleanOf(row: Row, column: string): boolean {
  const value = row[column];
  if (typeof value !== "boolean") throw damaged(column);
  return value;
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

function userOf(row: Row): User {
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

const PLAIN = [
  "id",
  "user_type",
  "user_id",
  "name",
  "persistent",
  "created_at",
  "last_used_at",
  "last_ip",
  "idle_timeout",
  "expires_at",
  "absolute_expires_at",
  "generation",
  "predecessor",
  "void_from",
  "void_to",
  "confirmed",
  "rotated_at",
  "key_id",
  "access_until",
  "revoked_at",
  "revoked_reason",
] as const;

const JSON_COLUMNS = ["device_info", "metadata", "revoked_by"] as const;

/** The columns of a session as {@link toSession} reads them. Never `*`: plans are kept. */
export function columns(alias: string): string {
  return [
    ...PLAIN.map((name) => `${alias}.${name}`),
    ...JSON_COLUMNS.map((name) => `${alias}.${name}::text as ${name}`),
  ].join(", ");
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

/** Entries that came as one JSON array. */
export function toRevokedEntries(row: Row, column: string): readonly RevokedEntry[] {
  const text = nullable(textOf, row, column);
  const entries: Row[] = text === null ? [] : JSON.parse(text);
  return entries.map(toRevokedEntry);
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
