import type { StoreSettings } from "../../../core/port/store-settings.js";
import type { Report, Row, Values } from "../../row.js";
import type { Statement, Template } from "../sql/statement.js";
import type { Connection } from "./connection.js";
import type { Execute } from "./execute.js";
import { isLocked, isRaceLost } from "./failures.js";
import { createKeyedQueue } from "./keyed-queue.js";
import type { Namespaces } from "./namespaces.js";

/** Where statements run: each on its own, in a transaction of ours, or in one of the caller's. */
export interface Scope {
  /** Runs a `reading` statement. */
  read(statement: Statement, values: Values): Promise<readonly Row[]>;
  /** Runs a `writing` statement; gives it `:now` and `:lockTimeout` beside `values`. */
  write(statement: Statement, now: number | undefined, values: Values): Promise<readonly Row[]>;
  /** Names this process in events. */
  readonly processId: string;
  /** Reports rows that cannot be read. */
  readonly report: Report;
}

/** A scope in which a piece of work may need several statements under one lock. */
export interface Database extends Scope {
  transaction<T>(work: (scope: Scope) => Promise<T>): Promise<T>;
}

/** Sends a statement that is still to be qualified. */
type Run = (template: Template, values: Values) => Promise<readonly Row[]>;

/** Does work that is given the time for which each of its statements may wait for a lock, in ms. */
type WaitForLocks = <T>(work: (lockTimeout: number) => Promise<T>) => Promise<T>;

/** At most this many calls wait long for locks, so that connections are left for everybody else. */
const LONG_WAITS = 3;

/** The first wait for a lock is this part of `storeTimeout`. */
const FIRST_WAIT = 1 / 20;

/**
 * Waits for locks in two steps. First for a moment, by which most locks are released. Then the
 * connection is given back, and the work is done again from its beginning when its turn comes in a
 * short queue. A statement may have to wait twice, for another waiter and for the row, so each wait
 * gets half of the time that is left.
 */
function createWaitForLocks(timeout: () => number): WaitForLocks {
  const longWaits = createKeyedQueue(LONG_WAITS, timeout);
  return async (work) => {
    const limit = timeout();
    const asked = performance.now();
    try {
      return await work(limit * FIRST_WAIT);
    } catch (error) {
      if (!isLocked(error)) throw error;
      return longWaits.run("", () => {
        const left = limit - (performance.now() - asked);
        return left > 0 ? work(left / 2) : Promise.reject(error);
      });
    }
  };
}

function ownScope(run: Run, settings: () => StoreSettings, waitForLocks: WaitForLocks): Scope {
  return {
    read: (statement, values) => run(statement.own, values),
    write: (statement, now, values) =>
      waitForLocks((lockTimeout) => {
        const bound = String(Math.max(1, Math.floor(lockTimeout)));
        return run(statement.own, { ...values, now: now ?? null, lockTimeout: bound });
      }),
    get processId() {
      return settings().processId;
    },
    report: (error) => settings().report?.(error),
  };
}

/** How often work is tried that lost a race. */
const TRIES = 3;

/** Our own connections. */
export function ownDatabase(
  connection: Connection,
  settings: () => StoreSettings,
  namespaces: Namespaces,
): Database {
  const transaction = async <T>(work: (run: Run) => Promise<T>): Promise<T> => {
    // Before a connection is taken: to ask for it takes another.
    const { prepare } = await namespaces.own();
    for (let tried = 1; ; tried += 1) {
      try {
        return await connection.transaction((execute) =>
          work((template, values) => execute(prepare(template), values)),
        );
      } catch (error) {
        // At READ COMMITTED that is a deadlock; with the caller's transactions, say.
        if (tried === TRIES || !isRaceLost(error)) throw error;
      }
    }
  };
  const alone: Run = async (template, values) => {
    const { prepare } = await namespaces.own();
    try {
      return await connection.alone(prepare(template), values);
    } catch (error) {
      if (!isRaceLost(error)) throw error;
      // The default of this database or role is stricter than READ COMMITTED.
      return transaction((run) => run(template, values));
    }
  };
  const waitForLocks = createWaitForLocks(() => settings().storeTimeout);
  return Object.assign(ownScope(alone, settings, waitForLocks), {
    transaction: <T>(work: (scope: Scope) => Promise<T>) =>
      waitForLocks((lockTimeout) =>
        transaction((run) => work(ownScope(run, settings, (one) => one(lockTimeout)))),
      ),
  });
}

/** The caller's transaction: nothing is set, begun or committed there. */
export function joinedScope(
  execute: Execute,
  settings: () => StoreSettings,
  namespaces: Namespaces,
): Database {
  const run: Run = async (template, values) => {
    const { prepare } = await namespaces.inside(execute);
    return execute(prepare(template), values);
  };
  const scope: Scope = {
    read: (statement, values) => run(statement.joined, values),
    write: (statement, now, values) =>
      run(statement.joined, { ...values, now: now ?? null, lockTimeout: null }),
    get processId() {
      return settings().processId;
    },
    report: (error) => settings().report?.(error),
  };
  return Object.assign(scope, {
    transaction: <T>(work: (scope: Scope) => Promise<T>) => work(scope),
  });
}
