import type { Connection } from "./database.js";

/**
 * Runs `work` and commits, or rolls back. Nothing is awaited in between, so nobody else's
 * statements get into it.
 *
 * Every write of ours goes this way, also a single statement. The lock is taken by `exec`, which
 * lets go of its statement whatever happens: with libsql a PREPARED write that meets a busy
 * database stays unfinished, and while it does, SQLite says yes to every later statement of the
 * handle and commits none of them.
 */
export function immediate<T>(connection: Connection, work: () => T): T {
  connection.exec("BEGIN IMMEDIATE");
  return finish(connection, work);
}

/** Reads that must see one state. */
export function consistent<T>(connection: Connection, work: () => T): T {
  connection.exec("BEGIN");
  return finish(connection, work);
}

function finish<T>(connection: Connection, work: () => T): T {
  try {
    const result = work();
    connection.exec("COMMIT");
    return result;
  } catch (error) {
    // Some errors (a full disk) have rolled back by themselves.
    if (connection.inTransaction()) connection.exec("ROLLBACK");
    throw error;
  }
}

/**
 * Runs `work` inside the caller's transaction, all of it or nothing: a caller who catches an error
 * and commits must not commit the half of a sign-in.
 *
 * @throws TypeError outside a transaction.
 */
export function joined<T>(connection: Connection, method: string, work: () => T): T {
  if (!connection.inTransaction()) {
    throw new TypeError(
      `inSync().${method}() works only inside a transaction of the handle: ` +
        "call it between BEGIN and COMMIT, or within transaction(fn)",
    );
  }
  connection.exec("SAVEPOINT rollcall");
  try {
    // Takes the write lock, by exec for the reason given above: the caller's may be DEFERRED.
    connection.exec("DELETE FROM rollcall_identity WHERE 0");
    const result = work();
    connection.exec("RELEASE rollcall");
    return result;
  } catch (error) {
    if (connection.inTransaction()) connection.exec("ROLLBACK TO rollcall; RELEASE rollcall");
    throw error;
  }
}
