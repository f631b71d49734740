import { isObject } from "../core/model/argument.js";
import type { DeviceInfo } from "../core/model/device.js";
import type { StoredEvent } from "../core/model/events.js";
import type { JsonObject } from "../core/model/json.js";
import {
  type Actor,
  isSessionId,
  type SessionId,
  type StoredSession,
} from "../core/model/session.js";
import type { User } from "../core/model/user.js";
import type { RevokedEntry, StoreSettings } from "../core/port/store.js";

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

function jsonOf<T extends object>(row: Row, column: string): T {
  try {
    const value: T = JSON.parse(textOf(row, column));
    if (isObject(value)) return value;
  } catch {
    // The parser's message would quote what is stored.
  }
  throw damaged(column);
}

function actorOf(row: Row, column: string): Actor {
  const actor: Actor = jsonOf(row, column);
  if (typeof actor.kind !== "string") throw damaged(column);
  return actor;
}

/** Where a store tells of rows that it cannot read. */
export type Report = NonNullable<StoreSettings["report"]>;

/**
 * The rows that can be read. Of any other it tells, and leaves it out: what somebody else wrote to
 * one row must not keep a process from the rest. `null` of `read` leaves a row out silently.
 */
export function readable<T>(
  kind: "session" | "event",
  rows: readonly Row[],
  read: (row: Row) => T | null,
  report: Report,
): T[] {
  return rows.flatMap((row) => {
    try {
      return read(row) ?? [];
    } catch (error) {
      report(unreadable(kind, row, "left out", error));
      return [];
    }
  });
}

const LONGEST_NAME = 80;

function unreadable(kind: string, row: Row, outcome: string, error: unknown): Error {
  const id = String(row["id"] ?? row["session_id"]).slice(0, LONGEST_NAME);
  const problem = error instanceof Error ? error.message : "it cannot be read";
  return new Error(`${kind} ${id} was ${outcome}: ${problem}`);
}

/** What only describes a session is `null` where it cannot be read: the session must not vanish. */
function described<T>(
  read: (row: Row, column: string) => T,
  row: Row,
  column: string,
  report: Report,
): T | null {
  try {
    return nullable(read, row, column);
  } catch (error) {
    report(unreadable("session", row, `read without its ${column}`, error));
    return null;
  }
}

export function toSession(row: Row, report: Report): StoredSession {
  return {
    id: sessionIdOf(row, "id"),
    user: userOf(row),
    deviceInfo: described<DeviceInfo>(jsonOf, row, "device_info", report),
    metadata: described<JsonObject>(jsonOf, row, "metadata", report),
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
    skippedFrom: integerOf(row, "void_from"),
    skippedTo: integerOf(row, "void_to"),
    confirmed: integerOf(row, "confirmed"),
    rotatedAt: integerOf(row, "rotated_at"),
    keyId: textOf(row, "key_id"),
    accessUntil: integerOf(row, "access_until"),
    revokedAt: nullable(integerOf, row, "revoked_at"),
    revokedReason: nullable(textOf, row, "revoked_reason"),
    revokedBy: described(actorOf, row, "revoked_by", report),
  };
}

export function toId(row: Row): SessionId {
  return sessionIdOf(row, "id");
}

export function toRevokedEntry(row: Row): RevokedEntry {
  return { id: toId(row), accessUntil: integerOf(row, "access_until") };
}

/** The session that an event tells the end of; `null` when it tells of something else. */
export function toRefused(row: Row): RevokedEntry | null {
  if (row["access_until"] === null) return null;
  return toRevokedEntry({ id: row["session_id"], access_until: row["access_until"] });
}

/** `null`: an event that only a later release knows. */
export function toEvent(row: Row): StoredEvent | null {
  const base = {
    id: String(integerOf(row, "id")),
    at: integerOf(row, "at"),
    user: userOf(row),
    sessionId: sessionIdOf(row, "session_id"),
    actor: actorOf(row, "actor"),
    processId: textOf(row, "origin"),
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
      const { reason }: JsonObject = jsonOf(row, "data");
      if (typeof reason !== "string") throw damaged("data");
      return { ...base, type, reason };
    }
    default:
      return null;
  }
}
