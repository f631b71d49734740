import { type Columns, listColumns } from "../columns.js";
import { EVENT_COLUMNS } from "../event-columns.js";
import { SESSION_COLUMNS } from "../session-columns.js";
import { createNamespace, readSchema } from "./connection/namespace.js";
import { once } from "./sql/statement.js";

/**
 * One step of the schema. Each can be run again without harm, and leaves the previous release
 * working, since processes of both run side by side while a deployment rolls out. Never edited
 * once released.
 */
export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

/** The columns of a table as migration 1 creates it. Later migrations add the others. */
function definitions<T extends object>(columns: Columns<T>): string {
  return listColumns(columns)
    .filter(({ since }) => since === 1)
    .map(({ name, postgres, isNullable }) => {
      const constraint = name === "id" ? " primary key" : isNullable ? "" : " not null";
      return `${name} ${postgres}${constraint},`;
    })
    .join("\n  ");
}

/** The columns that a later migration adds. */
function additions<T extends object>(columns: Columns<T>, version: number): string {
  return listColumns(columns)
    .filter(({ since }) => since === version)
    .map(({ name, postgres }) => `add column if not exists ${name} ${postgres}`)
    .join(",\n  ");
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    statements: [
      `-- device_info and metadata are json, not jsonb: what was recorded is kept verbatim.
-- refuse_until repeats access_until once a session is revoked: an index on access_until itself
-- would have to be written with each rotation.
create table if not exists rollcall_sessions (
  ${definitions(SESSION_COLUMNS)}
  refuse_until bigint generated always as (
    case when revoked_at is null then null else access_until end
  ) stored
) with (fillfactor = 85)`,

      `-- A user's list, newest first.
create index if not exists rollcall_sessions_by_user
  on rollcall_sessions (user_type, user_id, created_at desc, id) where revoked_at is null`,

      `-- What a process must remember of ended sessions.
create index if not exists rollcall_sessions_refused
  on rollcall_sessions (refuse_until) where refuse_until is not null`,

      `-- What may be purged.
create index if not exists rollcall_sessions_absolute
  on rollcall_sessions (absolute_expires_at)`,

      `-- The row that sign-ins and "everywhere" lock, and the time of the latest "everywhere".
create table if not exists rollcall_users (
  user_type pg_catalog.text collate pg_catalog."C" not null,
  user_id pg_catalog.text collate pg_catalog."C" not null,
  epoch bigint not null,
  everywhere_at bigint,
  primary key (user_type, user_id)
) with (fillfactor = 85)`,

      `create table if not exists rollcall_events (
  id bigint generated always as identity primary key,
  ${definitions(EVENT_COLUMNS)}
  xid pg_catalog.xid8 not null default pg_catalog.pg_current_xact_id()
)`,

      `-- What was committed since a snapshot.
create index if not exists rollcall_events_by_xid on rollcall_events (xid)`,

      `create index if not exists rollcall_events_by_session on rollcall_events (session_id)`,

      `create index if not exists rollcall_events_by_user
  on rollcall_events (user_type, user_id, id)`,
    ],
  },
  {
    version: 2,
    statements: [
      `-- The keys that a session was begun or rotated under, or that were presented for it, joined by
-- commas. Empty: key_id alone. No index: it is asked once in years, and would be written daily.
alter table rollcall_sessions add column if not exists key_ids pg_catalog.text not null default ''`,
    ],
  },
  {
    version: 3,
    statements: [
      `-- What purgeEvents may delete, the oldest first.
create index if not exists rollcall_events_by_time
  on rollcall_events (at) where type <> 'session.revoked'`,
    ],
  },
  {
    version: 4,
    statements: [
      `alter table rollcall_sessions
  ${additions(SESSION_COLUMNS, 4)}`,

      `alter table rollcall_users add column if not exists claims_at bigint`,

      `-- The access tokens that a process must refuse since their claims are out of date.
create index if not exists rollcall_sessions_outdated
  on rollcall_sessions (outdated_until) where outdated_until is not null`,

      `create index if not exists rollcall_sessions_acting
  on rollcall_sessions ((acting ->> 'sessionId')) where acting is not null`,

      `-- Whatever ends a session ends those in which its user acts as somebody else. Its statement takes a
-- snapshot of its own: so it sees also what was begun while the ending waited for that sign-in.
create or replace function rollcall_cascade() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $rollcall$
begin
  execute pg_catalog.format('with ended as (
    update %1$I.rollcall_sessions as s
    set revoked_at = $1, revoked_reason = ''actor_ended'',
      revoked_by = ''{"kind":"system"}''::pg_catalog.jsonb
    where s.acting ->> ''sessionId'' = $2 and s.acting is not null
      and s.revoked_at is null and s.expires_at > $1
    returning s.id, s.user_type, s.user_id
  )
  insert into %1$I.rollcall_events (at, type, user_type, user_id, session_id, actor, origin, data)
  select $1, ''session.revoked'', e.user_type, e.user_id, e.id,
    ''{"kind":"system"}''::pg_catalog.jsonb, '''', ''{"reason":"actor_ended"}''::pg_catalog.jsonb
  from ended as e', tg_table_schema) using new.revoked_at, new.id::pg_catalog.text;
  return null;
end
$rollcall$`,

      `create or replace trigger rollcall_session_ended
  after update of revoked_at on rollcall_sessions for each row
  when (old.revoked_at is null and new.revoked_at is not null)
  execute function rollcall_cascade()`,
    ],
  },
  {
    version: 5,
    statements: [
      `alter table rollcall_sessions
  ${additions(SESSION_COLUMNS, 5)}`,

      `-- The device of the user's first sign-in that had one. Empty: it was disavowed.
alter table rollcall_users add column if not exists first_device pg_catalog.text`,

      `create table if not exists rollcall_devices (
  user_type pg_catalog.text collate pg_catalog."C" not null,
  user_id pg_catalog.text collate pg_catalog."C" not null,
  device_id pg_catalog.text not null,
  name pg_catalog.text,
  sign_ins bigint not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  primary key (user_type, user_id, device_id)
)`,

      `-- What purgeDevices may delete, the oldest first.
create index if not exists rollcall_devices_by_time on rollcall_devices (last_seen_at)`,
    ],
  },
];

/** The newest version this release knows. */
export const LATEST_VERSION: number = Math.max(...MIGRATIONS.map(({ version }) => version));

export const MIGRATIONS_TABLE = `create table if not exists rollcall_migrations (
  version integer primary key,
  applied_at timestamp with time zone not null default pg_catalog.now()
)`;

/**
 * Of processes that migrate at once, one works and the others wait. A lock on a table of ours, since
 * any role of the database could hold an advisory lock against us.
 */
export const MIGRATION_LOCK = "lock table rollcall_migrations in share row exclusive mode";

/** Records that a migration was made. */
export function recordVersion(version: number): string {
  return `insert into rollcall_migrations (version) values (${version}) on conflict do nothing`;
}

/** Options of {@link postgresSchema}. */
export interface PostgresSchemaOptions {
  /**
   * The schema in which the tables are created, which must exist: what `postgres` is given.
   *
   * @default the first schema of the `search_path` of whoever runs the SQL
   * @remarks When `postgres` is given one.
   */
  readonly schema?: string;
}

/**
 * The SQL of all migrations, for people who run them themselves instead of `store.migrate()`.
 * Running it again does no harm.
 *
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { postgresSchema } from "rollcall/postgres";
 *
 * writeFileSync("rollcall.sql", postgresSchema({ schema: "auth" }));
 * ```
 *
 * @throws TypeError naming the option at fault.
 */
export function postgresSchema({ schema }: PostgresSchemaOptions = {}): string {
  const steps = MIGRATIONS.flatMap(({ version, statements }) => [
    ...statements,
    recordVersion(version),
  ]);
  const text = [
    "begin",
    MIGRATIONS_TABLE,
    `-- Waits for a store.migrate() that may be under way.\n${MIGRATION_LOCK}`,
    `-- Others queue behind a change of a table that waits for a lock. If this times out, run it again.
set local lock_timeout = '2s'`,
    ...steps,
    "commit",
  ]
    .map((statement) => `${statement};\n`)
    .join("\n");
  return schema === undefined ? text : createNamespace(readSchema(schema)).prepare(once(text)).text;
}
