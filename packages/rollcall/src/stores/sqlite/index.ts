import type { SessionStore, SyncTransactionStore } from "../../core/port/store.js";
import type { StoreSettings } from "../../core/port/store-settings.js";
import { withRemedies } from "../with-remedies.js";
import { changes } from "./changes.js";
import { confirm } from "./confirm.js";
import { BUSY_TIMEOUT, createBusyRetry } from "./connection/busy-retry.js";
import { createConnection, type SqliteDatabase } from "./connection/database.js";
import { createHints } from "./connection/hints.js";
import { remedy } from "./connection/remedies.js";
import { consistent, immediate, joined } from "./connection/transaction.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { create } from "./create.js";
import { disavow } from "./disavow.js";
import { erase } from "./erase.js";
import { find, get } from "./find.js";
import { list } from "./list.js";
import { migrate } from "./migrate.js";
import { outdate } from "./outdate.js";
import { purge } from "./purge.js";
import { purgeDevices } from "./purge-devices.js";
import { purgeEvents } from "./purge-events.js";
import { reauthenticate } from "./reauthenticate.js";
import { rename } from "./rename.js";
import { revoke } from "./revoke.js";
import { revokeAll } from "./revoke-all.js";
import { revokeByKey } from "./revoke-by-key.js";
import { rotate } from "./rotate.js";
import { touch } from "./touch.js";
import { update } from "./update.js";

export type { SqliteDatabase, SqliteStatement, SqliteValue } from "./connection/database.js";
export { sqliteSchema } from "./schema.js";

/** Options of {@link sqlite}. */
export interface SqliteOptions {
  /**
   * When a write counts as done. `full`: once it is on the disk, so that a power failure loses no
   * acknowledged write. `normal` is faster and may lose the last ones with the power (never with a
   * crash of the process alone): for development, or a disk that cannot lose them.
   *
   * @default "full"
   * @remarks To `"normal"` in development, or on a disk that loses nothing with the power.
   */
  readonly synchronous?: "full" | "normal";
}

/** Waiting for other processes to migrate may take longer than a question may. */
const MIGRATE_TIMEOUT = 30_000;

/**
 * A store in a SQLite database, on a handle of the application's, which it never closes. Several
 * processes may share the file.
 *
 * It sets `busy_timeout` (25 ms) and `synchronous` on the handle, `migrate` sets WAL, and it waits
 * asynchronously while others write. Its methods refuse to run while the handle is inside a
 * transaction of the application's, since that could take back what they acknowledged: `inSync()`
 * is for there.
 *
 * With libsql, write through `exec("BEGIN IMMEDIATE")` … `exec("COMMIT")` or
 * `transaction(fn).immediate()` on this handle too, or give Rollcall one of its own: after a single
 * prepared write of yours has failed with `SQLITE_BUSY`, that driver keeps it open, and SQLite then
 * commits nothing on that handle any more.
 *
 * @example
 * ```ts
 * import Database from "libsql";
 * import { createSessions } from "rollcall";
 * import { sqlite } from "rollcall/sqlite";
 *
 * const store = sqlite(new Database("sessions.db"));
 * await store.migrate();
 * const sessions = createSessions({ store, secret: "0123456789abcdef0123456789abcdef" });
 * ```
 */
export function sqlite(database: SqliteDatabase, options: SqliteOptions = {}): SessionStore {
  const { synchronous = "full" } = options;
  if (synchronous !== "full" && synchronous !== "normal") {
    throw new TypeError('synchronous must be "full" or "normal"');
  }
  const connection = createConnection(database);
  const hints = createHints();
  let settings: StoreSettings = { storeTimeout: 2000, processId: "" };
  let tuned = false;
  let announced = false;

  const storeTimeout = (): number => settings.storeTimeout;
  // Readers do not wait for a writer, so they must not wait for those who do.
  const reads = createBusyRetry(connection, storeTimeout);
  const writes = createBusyRetry(connection, storeTimeout);
  const migrations = createBusyRetry(connection, () => MIGRATE_TIMEOUT);

  const transaction: WriteTransaction = {
    connection,
    get processId() {
      return settings.processId;
    },
    report: (error) => settings.report?.(error),
    announce() {
      announced = true;
    },
  };

  /** Not at construction: neither can be set inside a transaction, and both may meet a lock. */
  const tune = (): void => {
    if (tuned) return;
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    connection.exec(`PRAGMA synchronous = ${synchronous}`);
    tuned = true;
  };

  const read = <T>(method: string, work: () => T): Promise<T> =>
    reads.run(method, () => {
      tune();
      return work();
    });

  const write = <T>(method: string, work: () => T): Promise<T> =>
    writes.run(method, () => {
      tune();
      announced = false;
      const result = immediate(connection, work);
      if (announced) hints.changed();
      return result;
    });

  const store: SessionStore = {
    configure(given) {
      settings = given;
    },
    migrate: () =>
      migrations.run("migrate", () => {
        tune();
        migrate(connection);
      }),
    create: (input) => write("create", () => create(transaction, input)),
    rotate: (input) => write("rotate", () => rotate(transaction, input)),
    find: (id, now) => read("find", () => find(transaction, id, now)),
    get: (user, id) => read("get", () => get(transaction, user, id)),
    list: (user, page) => read("list", () => list(transaction, user, page)),
    rename: (user, id, change) => write("rename", () => rename(transaction, user, id, change)),
    update: (user, id, change) => write("update", () => update(transaction, user, id, change)),
    outdate: (user, input) => write("outdate", () => outdate(transaction, user, input)),
    reauthenticate: (user, id, input) =>
      write("reauthenticate", () => reauthenticate(transaction, user, id, input)),
    revoke: (user, id, revocation, now) =>
      write("revoke", () => revoke(transaction, user, id, revocation, now)),
    revokeAll: (user, input) => write("revokeAll", () => revokeAll(transaction, user, input)),
    disavow: (user, id, input) => write("disavow", () => disavow(transaction, user, id, input)),
    erase: (user, input) => write("erase", () => erase(transaction, user, input)),
    revokeByKey: (input) => write("revokeByKey", () => revokeByKey(transaction, input)),
    confirm: (uses, now) =>
      uses.length === 0
        ? Promise.resolve({ ended: [], left: [] })
        : write("confirm", () => confirm(transaction, uses, now)),
    async touch(uses, now) {
      if (uses.length > 0) await write("touch", () => touch(transaction, uses, now));
      return [];
    },
    changes: (cursor, margin, now) =>
      reads.runAfterTransaction("changes", () => {
        tune();
        return consistent(connection, () => changes(transaction, cursor, margin, now));
      }),
    // Other processes on the file have no way to send any.
    hintsFrom: "process",
    async subscribe(listener) {
      const leave = hints.add(listener);
      return async () => leave();
    },
    purge: (before, limit) => write("purge", () => purge(transaction, before, limit)),
    purgeEvents: (before, limit) =>
      write("purgeEvents", () => purgeEvents(transaction, before, limit)),
    purgeDevices: (before, limit) =>
      write("purgeDevices", () => purgeDevices(transaction, before, limit)),
    requireOutside: writes.requireOutside,
    inSync() {
      const inside: SyncTransactionStore = {
        create: (input) => joined(connection, "create", () => create(transaction, input)),
        find: (id, now) => joined(connection, "find", () => find(transaction, id, now)),
        rotate: (input) => joined(connection, "rotate", () => rotate(transaction, input)),
        outdate: (user, input) =>
          joined(connection, "outdate", () => outdate(transaction, user, input)),
        revoke: (user, id, revocation, now) =>
          joined(connection, "revoke", () => revoke(transaction, user, id, revocation, now)),
        revokeAll: (user, input) =>
          joined(connection, "revokeAll", () => revokeAll(transaction, user, input)),
        erase: (user, input) => joined(connection, "erase", () => erase(transaction, user, input)),
      };
      return withRemedies(inside, remedy);
    },
    async close() {
      hints.close();
    },
  };
  return withRemedies(store, remedy);
}
