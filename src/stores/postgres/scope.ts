import type { StoreSettings } from "../../core/store.js";
import type { Row } from "../row.js";
import type { Connection } from "./connection.js";
import { isRaceLost } from "./failures.js";
import type { Prepared, Statement } from "./statement.js";

/** Sends a statement over one connection, or over any. */
export type Execute = (statement: Prepared, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Where statements run: each on its own, in a transaction of ours, or in one of the caller's. */
export interface Scope {
  /** Runs a `reading` statement. */
  read(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs a `writing` statement; `values` are those from `$3` on. */
  write(
    statement: Statement,
    now: number | undefined,
    values: readonly unknown[],
  ): Promise<readonly Row[]>;
  /** Names this process, for events. */
  readonly origin: string;
}

/** A scope in which a piece of work may need several statements under one lock. */
export interface Database extends Scope {
  transaction<T>(work: (scope: Scope) => Promise<T>): Promise<T>;
}

/**
 * How long a statement may wait for a lock, in milliseconds. Half of what a caller waits: a
 * statement may have to wait twice, for its turn and for the row, and whoever gets its connection
 * then must have time left.
 */
function lockTimeout({ storeTimeout }: StoreSettings): string {
  return String(Math.max(1, Math.floor(storeTimeout / 2)));
}

function ownScope(execute: Execute, settings: () => StoreSettings): Scope {
  return {
    read: (statement, values) => execute(statement.own, values),
    write: (statement, now, values) =>
      execute(statement.own, [now ?? null, lockTimeout(settings()), ...values]),
    get origin() {
      return settings().origin;
    },
  };
}

/** How often work is tried that lost a race. */
const TRIES = 3;

/** Our own connections. */
export function ownDatabase(connection: Connection, settings: () => StoreSettings): Database {
  const transaction = async <T>(work: (execute: Execute) => Promise<T>): Promise<T> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await connection.transaction(work);
      } catch (error) {
        // At READ COMMITTED that is a deadlock; with the caller's transactions, say.
        if (tried === TRIES || !isRaceLost(error)) throw error;
      }
    }
  };
  const alone: Execute = async (statement, values) => {
    try {
      return await connection.alone(statement, values);
    } catch (error) {
      if (!isRaceLost(error)) throw error;
      // The default of this database or role is stricter than READ COMMITTED.
      return transaction((execute) => execute(statement, values));
    }
  };
  return Object.assign(ownScope(alone, settings), {
    transaction: <T>(work: (scope: Scope) => Promise<T>) =>
      transaction((execute) => work(ownScope(execute, settings))),
  });
}

/** The caller's transaction: nothing is set, begun or committed there. */
export function joinedScope(execute: Execute, settings: () => StoreSettings): Database {
  const scope: Scope = {
    read: (statement, values) => execute(statement.joined, values),
    write: (statement, now, values) => execute(statement.joined, [now ?? null, null, ...values]),
    get origin() {
      return settings().origin;
    },
  };
  return Object.assign(scope, {
    transaction: <T>(work: (scope: Scope) => Promise<T>) => work(scope),
  });
}
