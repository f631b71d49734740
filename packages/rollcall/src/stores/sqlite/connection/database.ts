import type { Row, Values } from "../../row.js";

/** What Rollcall binds to a statement. */
export type SqliteValue = string | number | null;

/**
 * A prepared statement, by the methods that all drivers share. Both take any number of
 * {@link SqliteValue}s; the types ask for less, because what drivers declare of their parameters
 * differs from one to the next and is read differently by different versions of TypeScript.
 */
export interface SqliteStatement {
  all(...values: never[]): unknown;
  run(...values: never[]): unknown;
}

/** A statement as it is called here. */
interface BoundStatement {
  all(...values: SqliteValue[]): unknown[];
  run(...values: SqliteValue[]): unknown;
}

interface Handle {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}

/**
 * An open database of `libsql`, `better-sqlite3`, `node:sqlite` (Node 22.16 or later) or
 * `bun:sqlite`, or anything else of the same shape. SQLite must be 3.38 or later.
 */
export type SqliteDatabase = Handle &
  ({ readonly inTransaction: boolean } | { readonly isTransaction: boolean });

/** A handle with its statements prepared once. */
export interface Connection {
  exec(sql: string): void;
  /** For statements that give rows back, `RETURNING` included: read to the end, always. */
  rows(sql: string, values: Values): readonly Row[];
  /** For statements that give none. Only under a write lock: see {@link immediate}. */
  run(sql: string, values: Values): void;
  inTransaction(): boolean;
}

interface Prepared {
  readonly statement: BoundStatement;
  readonly names: readonly string[];
}

export function createConnection(database: SqliteDatabase): Connection {
  requireShape(database);
  const cache = new Map<string, Prepared>();

  const prepared = (sql: string): Prepared => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const names: string[] = [];
    // Drivers disagree on named and on numbered parameters; plain `?` is what all of them take.
    const positional = sql.replaceAll(/:([a-zA-Z]+)/g, (_, name: string) => {
      names.push(name);
      return "?";
    });
    const made = { statement: callable(database.prepare(positional)), names };
    cache.set(sql, made);
    return made;
  };

  const bound = (names: readonly string[], values: Values): SqliteValue[] =>
    names.map((name) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the statement lacks a value for :${name}`);
      // There are no booleans; not all drivers turn them into integers.
      return typeof value === "boolean" ? Number(value) : value;
    });

  return {
    exec(sql) {
      database.exec(sql);
    },
    rows(sql, values) {
      const { statement, names } = prepared(sql);
      return statement.all(...bound(names, values)).filter(isRow);
    },
    run(sql, values) {
      const { statement, names } = prepared(sql);
      statement.run(...bound(names, values));
    },
    inTransaction: () =>
      "inTransaction" in database ? database.inTransaction : database.isTransaction,
  };
}

function callable(statement: unknown): BoundStatement {
  if (isStatement(statement)) return statement;
  throw new TypeError(
    "sqlite(database): prepare() must return at once a statement with all() and run(); " +
      "asynchronous drivers are not supported",
  );
}

function isStatement(value: unknown): value is BoundStatement {
  if (typeof value !== "object" || value === null) return false;
  return (
    typeof Reflect.get(value, "all") === "function" &&
    typeof Reflect.get(value, "run") === "function"
  );
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}

/** For callers without types. */
function requireShape(database: SqliteDatabase): void {
  const handle: Partial<Handle> = database ?? {};
  if (typeof handle.exec !== "function" || typeof handle.prepare !== "function") {
    throw new TypeError("sqlite(database): pass an open database with exec() and prepare()");
  }
  if (!("inTransaction" in database) && !("isTransaction" in database)) {
    throw new TypeError(
      "sqlite(database): this handle cannot tell whether it is inside a transaction; " +
        "node:sqlite can from Node 22.16 on",
    );
  }
}
