import { setTimeout as pause } from "node:timers/promises";
import { integerOf, nullable, type Row, stringOf } from "../row.js";
import type { Connection } from "./connection/connection.js";
import type { Execute } from "./connection/execute.js";
import { isAlreadyThere, isLocked } from "./connection/failures.js";
import { identifier, type Namespace } from "./connection/namespace.js";
import type { Namespaces } from "./connection/namespaces.js";
import {
  LATEST_VERSION,
  MIGRATION_LOCK,
  MIGRATIONS,
  MIGRATIONS_TABLE,
  type Migration,
  recordVersion,
} from "./schema.js";
import { once, SCHEMA, type Template } from "./sql/statement.js";

/** Waiting for other processes to migrate may take longer than a question may. */
const MIGRATION_TIMEOUT = 60_000;

/**
 * So long a change of a table waits for it at a time. Whoever wants to use the table queues behind
 * the change; in the pauses they pass.
 */
const WAIT_FOR_TABLE = 500;
const PAUSE = 500;

/** How often what several processes create at once is tried: each loss means that one is done. */
const TRIES = 5;

const TABLE = `pg_catalog.to_regclass(pg_catalog.format('%I.rollcall_migrations', ${SCHEMA}))`;

const STATE = once(`select ${TABLE} is not null as has_table,
  exists (select from pg_catalog.pg_namespace as n where n.nspname = ${SCHEMA}) as has_schema`);

const VERSION = once(
  "select coalesce(pg_catalog.max(version), 0) as version from rollcall_migrations",
);

/** Who else has locks on our tables. Every role may see that, but not what they are doing. */
const HOLDERS = once(`select distinct l.pid, a.usename::pg_catalog.text as role,
  a.application_name::pg_catalog.text as application
from pg_catalog.pg_locks as l
join pg_catalog.pg_class as c on c.oid = l.relation
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_database as d on d.oid = l.database
join pg_catalog.pg_stat_activity as a on a.pid = l.pid
where l.granted and l.pid <> pg_catalog.pg_backend_pid()
  and d.datname = pg_catalog.current_database()
  and n.nspname = ${SCHEMA} and pg_catalog.starts_with(c.relname::pg_catalog.text, 'rollcall_')
order by l.pid`);

/** How statements of a migration are run. */
type Run = (template: Template) => Promise<readonly Row[]>;

function runner({ prepare }: Namespace, execute: Execute): Run {
  return (template) => execute(prepare(template), {});
}

async function versionOf(run: Run): Promise<number> {
  const [row] = await run(VERSION);
  return row === undefined ? 0 : integerOf(row, "version");
}

/**
 * Brings the schema up to date under a lock: of processes that start together one works, the
 * others wait and find it done. Where nothing is to be done nothing is locked or created, so a
 * role without the right to create tables may call it too.
 */
export async function migrate(
  connection: Connection,
  namespaces: Namespaces,
  timeout: number = MIGRATION_TIMEOUT,
): Promise<void> {
  const patient: Execute = (statement, values) =>
    connection.transaction((execute) => execute(statement, values), timeout);
  const namespace = await namespaces.own(patient);
  const alone = runner(namespace, patient);
  const [state] = await alone(STATE);
  if (state?.["has_table"] === true && (await versionOf(alone)) >= LATEST_VERSION) return;
  if (state?.["has_schema"] === false) {
    const text = `create schema if not exists ${identifier(namespace.schema)}`;
    await createOnce(() => patient({ name: null, text, parameters: [] }, {}));
  }
  await createOnce(() => alone(once(MIGRATIONS_TABLE)));
  try {
    await connection.transaction((execute) => work(runner(namespace, execute), timeout), timeout);
  } catch (error) {
    throw isLocked(error) ? await explained(alone, error, timeout) : error;
  }
}

async function work(run: Run, timeout: number): Promise<void> {
  // Less than the time for the whole, so that it is this which is told.
  const limit = Math.ceil(0.8 * timeout);
  const begun = performance.now();
  await run(once(`set local lock_timeout = ${limit}`));
  await run(once(MIGRATION_LOCK));
  const version = await versionOf(run);
  const missing = MIGRATIONS.filter((migration) => migration.version > version);
  await run(once(`set local lock_timeout = ${Math.min(WAIT_FOR_TABLE, limit)}`));
  for (const migration of missing) {
    // The migration lock is kept meanwhile, so that one process at a time tries.
    await run(once("savepoint before_migration"));
    while (!(await isMade(run, migration, performance.now() - begun > limit))) await pause(PAUSE);
  }
}

/** `false`: somebody uses a table, and there is time to try again. */
async function isMade(run: Run, migration: Migration, isLast: boolean): Promise<boolean> {
  try {
    for (const statement of migration.statements) await run(once(statement));
    await run(once(recordVersion(migration.version)));
    return true;
  } catch (error) {
    if (isLast || !isLocked(error)) throw error;
    // Gives back the locks taken since.
    await run(once("rollback to savepoint before_migration"));
    return false;
  }
}

/** `if not exists` is no help against one who creates it at the same time. */
async function createOnce(create: () => Promise<unknown>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await create();
      return;
    } catch (error) {
      if (tried === TRIES || !isAlreadyThere(error)) throw error;
    }
  }
}

async function explained(run: Run, cause: unknown, timeout: number): Promise<Error> {
  const rows = await run(HOLDERS);
  const holders = rows.map((row) => {
    const role = nullable(stringOf, row, "role") ?? "unknown";
    const application = nullable(stringOf, row, "application") ?? "";
    return `pid ${integerOf(row, "pid")} (role ${role}${application && `, ${application}`})`;
  });
  const who = holders.length === 0 ? "nobody by now" : holders.join(", ");
  return new Error(
    `migrate: the tables of Rollcall were locked by others for ${Math.ceil(0.8 * timeout)} ms; ` +
      `holding locks on them: ${who}`,
    { cause },
  );
}
