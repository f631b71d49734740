import { integerOf } from "../row.js";
import type { Connection } from "./connection/database.js";
import { immediate } from "./connection/transaction.js";
import { LATEST_VERSION, MIGRATIONS, MIGRATIONS_TABLE, migrationSql } from "./schema.js";

/**
 * Brings the schema up to date. One attempt: whoever calls repeats it while the database is busy.
 * The lock is held from reading the version to the last statement, so of many processes the first
 * does the work and the rest find it done.
 */
export function migrate(connection: Connection): void {
  // Kept in the file; asking again does nothing. In memory there is no such thing, and no harm.
  connection.exec("PRAGMA journal_mode = WAL");
  if (appliedVersion(connection) >= LATEST_VERSION) return;
  immediate(connection, () => {
    connection.exec(MIGRATIONS_TABLE);
    const applied = appliedVersion(connection);
    for (const migration of MIGRATIONS) {
      if (migration.version > applied) connection.exec(migrationSql(migration));
    }
  });
}

/** Without the lock: most starts find nothing to do, and need not wait for a writer. */
function appliedVersion(connection: Connection): number {
  const table = connection.rows(
    "SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = 'rollcall_migrations'",
    {},
  );
  if (table.length === 0) return 0;
  const newest = connection.rows(
    "SELECT coalesce(max(version), 0) AS version FROM rollcall_migrations",
    {},
  )[0];
  return newest === undefined ? 0 : integerOf(newest, "version");
}
