import type { Actor, SessionActor, SessionId } from "../core/model/session.js";
import {
  actorOf,
  booleanOf,
  integerOf,
  jsonOf,
  nullable,
  type Report,
  type Row,
  type SqlValue,
  sessionActorOf,
  sessionIdOf,
  stringOf,
  stringsOf,
  unreadable,
  type Values,
} from "./row.js";

/** How a kind of value is stored in each dialect, read and written. */
export interface Kind<T> {
  readonly postgres: string;
  readonly sqlite: "TEXT" | "INTEGER";
  readonly isNullable: boolean;
  /** A point in time, not a duration: where the database's clock decides, it is added to this. */
  readonly isTime: boolean;
  read(row: Row, column: string, report: Report): T;
  write(value: T): SqlValue;
}

/** A column of a table. */
export interface Column<T> extends Kind<T> {
  readonly name: string;
  /** The migration that adds it. Migration 1 creates the table. */
  readonly since: number;
}

/** A column for each field of `T`: leaving one out does not compile. */
export type Columns<T> = { readonly [Field in keyof T]-?: Column<T[Field]> };

export function column<T>(name: string, kind: Kind<T>, since = 1): Column<T> {
  return { ...kind, name, since };
}

const plain = { isNullable: false, isTime: false } as const;

export const STRING: Kind<string> = {
  ...plain,
  postgres: "pg_catalog.text",
  sqlite: "TEXT",
  read: stringOf,
  write: (value) => value,
};

/** Compared by code unit, whatever the collation of the database. */
export const CODE_UNITS: Kind<string> = {
  ...STRING,
  postgres: 'pg_catalog.text collate pg_catalog."C"',
};

export const INTEGER: Kind<number> = {
  ...plain,
  postgres: "bigint",
  sqlite: "INTEGER",
  read: integerOf,
  write: (value) => value,
};

/** Milliseconds since the epoch. */
export const TIME: Kind<number> = { ...INTEGER, isTime: true };

export const BOOLEAN: Kind<boolean> = {
  ...plain,
  postgres: "boolean",
  sqlite: "INTEGER",
  read: booleanOf,
  write: (value) => value,
};

export const SESSION_ID: Kind<SessionId> = {
  ...plain,
  postgres: "pg_catalog.uuid",
  sqlite: "TEXT",
  read: sessionIdOf,
  write: (value) => value,
};

/** Kept verbatim: `json` on Postgres, since `jsonb` reorders keys. */
export function verbatimJson<T extends object>(): Kind<T> {
  return {
    ...plain,
    postgres: "pg_catalog.json",
    sqlite: "TEXT",
    read: (row, name) => jsonOf<T>(row, name),
    write: (value) => JSON.stringify(value),
  };
}

export function json<T extends object>(): Kind<T> {
  return { ...verbatimJson<T>(), postgres: "pg_catalog.jsonb" };
}

export const ACTOR: Kind<Actor> = { ...json<Actor>(), read: actorOf };

export const STRINGS: Kind<readonly string[]> = {
  ...verbatimJson<readonly string[]>(),
  read: stringsOf,
};

export const SESSION_ACTOR: Kind<SessionActor> = {
  ...json<SessionActor>(),
  read: sessionActorOf,
};

export function optional<T>(kind: Kind<T>): Kind<T | null> {
  return {
    ...kind,
    isNullable: true,
    read: (row, name, report) =>
      nullable((found, foundName) => kind.read(found, foundName, report), row, name),
    write: (value) => (value === null ? null : kind.write(value)),
  };
}

/** Only describes the row: where it cannot be read it is `null`, so that the row does not vanish. */
export function descriptive<T>(of: "session" | "event", kind: Kind<T>): Kind<T | null> {
  const nullableKind = optional(kind);
  return {
    ...nullableKind,
    read(row, name, report) {
      try {
        return nullableKind.read(row, name, report);
      } catch (error) {
        report(unreadable(of, row, `read without its ${name}`, error));
        return null;
      }
    },
  };
}

/** Reads each field from its column. */
export function readFields<T extends object>(columns: Columns<T>, row: Row, report: Report): T {
  const fields: Partial<T> = {};
  for (const field in columns) {
    const { name, read } = columns[field];
    fields[field] = read(row, name, report);
  }
  if (isComplete(fields, columns)) return fields;
  throw new Error("a column was not read");
}

function isComplete<T extends object>(fields: Partial<T>, columns: Columns<T>): fields is T {
  return Object.keys(columns).every((field) => field in fields);
}

/** The value of each field, by the field's name. */
export function writeFields<T extends object>(columns: Columns<T>, fields: T): Values {
  const values: Record<string, SqlValue> = {};
  for (const field in columns) values[field] = columns[field].write(fields[field]);
  return values;
}

/** The columns in their order, each with the name of its field, which is also its parameter's. */
export function listColumns<T extends object>(
  columns: Columns<T>,
): readonly (Column<T[Extract<keyof T, string>]> & { readonly field: string })[] {
  const list: (Column<T[Extract<keyof T, string>]> & { readonly field: string })[] = [];
  for (const field in columns) list.push({ ...columns[field], field });
  return list;
}
