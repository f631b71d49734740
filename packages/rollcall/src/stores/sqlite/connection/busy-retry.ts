import type { Connection } from "./database.js";

/**
 * Repeats work while others keep the database busy, without holding up the event loop in between.
 */
export interface BusyRetry {
  /**
   * @throws TypeError (as a rejection) when the handle is inside a transaction, since the answer
   *   would be part of that.
   */
  run<T>(method: string, work: () => T): Promise<T>;
  /** @throws TypeError when the handle is inside a transaction. */
  requireOutside(method: string): void;
  /** The same, but waits for the end of a transaction of the caller's. */
  runAfterTransaction<T>(method: string, work: () => T): Promise<T>;
}

/** How long SQLite itself waits, and so blocks the event loop, at a time. */
export const BUSY_TIMEOUT = 25;

const LONGEST_PAUSE = 50;

/**
 * One pause serves all who wait: while the database is busy a single one of them asks, so that a
 * crowd does not block the event loop one after another. `timeout` is read for each question.
 */
export function createBusyRetry(connection: Connection, timeout: () => number): BusyRetry {
  let pause: Promise<void> | null = null;
  let refusals = 0;

  const wait = (): Promise<void> => {
    pause ??= new Promise((resolve) => {
      refusals += 1;
      // Jitter, so that processes that were refused together do not come back together.
      const longest = Math.min(LONGEST_PAUSE, 5 * 2 ** refusals);
      setTimeout(
        () => {
          pause = null;
          resolve();
        },
        longest * (0.5 + Math.random() / 2),
      );
    });
    return pause;
  };

  const run = async <T>(method: string, patient: boolean, work: () => T): Promise<T> => {
    const begun = performance.now();
    let failure: unknown;
    for (;;) {
      if (connection.inTransaction()) {
        if (!patient) throw insideTransaction(method);
        failure = new Error("the handle is inside a transaction of the application's");
      } else if (pause === null) {
        try {
          const result = work();
          refusals = 0;
          return result;
        } catch (error) {
          if (!isBusy(error)) throw error;
          failure = error;
        }
      }
      const limit = timeout();
      if (performance.now() - begun >= limit) {
        throw new Error(`sqlite: ${method} was kept waiting for ${limit} ms`, { cause: failure });
      }
      await wait();
    }
  };

  return {
    requireOutside(method) {
      if (connection.inTransaction()) throw insideTransaction(method);
    },
    run: (method, work) => run(method, false, work),
    runAfterTransaction: (method, work) => run(method, true, work),
  };
}

function insideTransaction(method: string): TypeError {
  return new TypeError(
    `${method}() was called while the handle is inside a transaction of the application's, which ` +
      "could still roll it back: use inSync() there, or call it after the commit",
  );
}

/** SQLITE_BUSY, SQLITE_LOCKED and SQLITE_PROTOCOL (a race at the start of WAL). */
const BUSY_CODES: ReadonlySet<number> = new Set([5, 6, 15]);

/** Whether another connection was in the way, so that another try may succeed. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") {
    if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(error.code)) return true;
  }
  // node:sqlite; the upper bits say more about the cause.
  return (
    "errcode" in error && typeof error.errcode === "number" && BUSY_CODES.has(error.errcode & 0xff)
  );
}
