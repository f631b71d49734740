import { integerOf } from "../row.js";
import type { Connection } from "./connection.js";
import {
  LATEST_VERSION,
  MIGRATION_LOCK,
  MIGRATIONS,
  MIGRATIONS_TABLE,
  recordVersion,
} from "./schema.js";
import type { Execute } from "./scope.js";
import { once } from "./statement.js";

/** Waiting for other processes to migrate may take longer than a question may. */
const MIGRATION_TIMEOUT = 60_000;

const TABLE_EXISTS = once("select to_regclass('rollcall_migrations') is not null as exists");

const VERSION = once("select coalesce(max(version), 0) as version from rollcall_migrations");

async function versionOf(execute: Execute): Promise<number> {
  const [row] = await execute(VERSION, []);
  return row === undefined ? 0 : integerOf(row, "version");
}

/**
 * Brings the schema up to date under a lock: of processes that start together one works, the
 * others wait and find it done. Where nothing is to be done nothing is locked or created, so a
 * role without the right to create tables may call it too.
 */
export async function migrate(connection: Connection): Promise<void> {
  const [table] = await connection.alone(TABLE_EXISTS, []);
  if (table?.["exists"] === true && (await versionOf(connection.alone)) >= LATEST_VERSION) return;
  await connection.transaction(async (execute) => {
    const run = (text: string): Promise<unknown> => execute(once(text), []);
    await run(MIGRATION_LOCK);
    await run(MIGRATIONS_TABLE);
    const version = await versionOf(execute);
    for (const migration of MIGRATIONS) {
      if (migration.version <= version) continue;
      for (const statement of migration.statements) await run(statement);
      await run(recordVersion(migration.version));
    }
  }, MIGRATION_TIMEOUT);
}
