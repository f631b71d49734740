import { isObject } from "../core/model/argument.js";
import {
  type Actor,
  isSessionId,
  type SessionActor,
  type SessionId,
} from "../core/model/session.js";
import type { OutdatedEntry, RevokedEntry } from "../core/port/operations.js";
import type { StoreSettings } from "../core/port/store-settings.js";

/** A row of one of Rollcall's tables, as the driver returns it. */
export type Row = Readonly<Record<string, unknown>>;

/** What Rollcall binds to a parameter. */
export type SqlValue = string | number | boolean | null;

/** Values by the names that statements give their parameters. */
export type Values = Readonly<Record<string, SqlValue>>;

/** The column holds something that Rollcall does not write there. */
export function damaged(column: string): Error {
  return new Error(`unexpected value in column ${column} of a rollcall table`);
}

export function stringOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw damaged(column);
  return value;
}

/** `pg` returns int8 as a string, other drivers return a number or a bigint. */
export function integerOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && /^-?\d{1,19}$/.test(value)) return Number(value);
  throw damaged(column);
}

/** SQLite stores booleans as 0 and 1. */
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

export function sessionIdOf(row: Row, column: string): SessionId {
  const value = stringOf(row, column);
  if (!isSessionId(value)) throw damaged(column);
  return value;
}

/** Statements select JSON as a string, because applications may replace the parsers of `pg`. */
export function jsonOf<T extends object>(row: Row, column: string): T {
  const value: unknown = parsedOf(row, column);
  if (isObjectOf<T>(value)) return value;
  throw damaged(column);
}

/** What we wrote there ourselves. */
function isObjectOf<T extends object>(value: unknown): value is T {
  return isObject(value);
}

function parsedOf(row: Row, column: string): unknown {
  const text = stringOf(row, column);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote what is stored.
    throw damaged(column);
  }
}

export function actorOf(row: Row, column: string): Actor {
  const actor: Actor = jsonOf(row, column);
  if (typeof actor.kind !== "string") throw damaged(column);
  return actor;
}

export function stringsOf(row: Row, column: string): readonly string[] {
  const values: unknown = parsedOf(row, column);
  if (Array.isArray(values) && values.every((value) => typeof value === "string")) return values;
  throw damaged(column);
}

export function sessionActorOf(row: Row, column: string): SessionActor {
  const { user, sessionId, reason }: Partial<SessionActor> = jsonOf(row, column);
  const isUser = typeof user?.type === "string" && typeof user.id === "string";
  if (isUser && isSessionId(sessionId)) {
    const actor = { user: { type: user.type, id: user.id }, sessionId };
    return typeof reason === "string" ? { ...actor, reason } : actor;
  }
  throw damaged(column);
}

export function idOf(row: Row): SessionId {
  return sessionIdOf(row, "id");
}

export function toRevokedEntry(row: Row): RevokedEntry {
  return { id: idOf(row), accessUntil: integerOf(row, "access_until") };
}

export function toOutdatedEntry(row: Row): OutdatedEntry {
  const [generation, until] = [integerOf(row, "outdated_to"), integerOf(row, "outdated_until")];
  return { id: idOf(row), generation, until };
}

/** Where a store reports rows that it cannot read. */
export type Report = NonNullable<StoreSettings["report"]>;

/**
 * Reads the rows that can be read. It reports the others and leaves them out: a row that somebody
 * else damaged must not keep a process from the rest. `read` returns `null` to leave a row out
 * without a report.
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

/** What to report of a row that cannot be read in full. */
export function unreadable(kind: string, row: Row, outcome: string, error: unknown): Error {
  const id = String(row["id"] ?? row["session_id"]).slice(0, LONGEST_NAME);
  const problem = error instanceof Error ? error.message : "it cannot be read";
  return new Error(`${kind} ${id} was ${outcome}: ${problem}`);
}
