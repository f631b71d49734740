/**
 * One step of the schema. Each can be run again without harm, and leaves the previous release
 * working, since processes of both run side by side while a deployment rolls out. Never edited
 * once released.
 */
interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    statements: [
      `-- device_info and metadata are json, not jsonb: what was recorded is kept verbatim.
-- refuse_until repeats access_until once a session is revoked: an index on access_until itself
-- would have to be written with each rotation.
create table if not exists rollcall_sessions (
  id uuid primary key,
  user_type text collate "C" not null,
  user_id text collate "C" not null,
  device_info json,
  metadata json,
  name text,
  persistent boolean not null,
  created_at int8 not null,
  last_used_at int8 not null,
  last_ip text,
  idle_timeout int8 not null,
  expires_at int8 not null,
  absolute_expires_at int8 not null,
  generation int8 not null,
  predecessor int8 not null,
  void_from int8 not null,
  void_to int8 not null,
  confirmed int8 not null,
  rotated_at int8 not null,
  key_id text not null,
  access_until int8 not null,
  revoked_at int8,
  revoked_reason text,
  revoked_by jsonb,
  refuse_until int8 generated always as (
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
  user_type text collate "C" not null,
  user_id text collate "C" not null,
  epoch int8 not null,
  everywhere_at int8,
  primary key (user_type, user_id)
) with (fillfactor = 85)`,

      `create table if not exists rollcall_events (
  id int8 generated always as identity primary key,
  at int8 not null,
  type text not null,
  user_type text collate "C" not null,
  user_id text collate "C" not null,
  session_id uuid not null,
  actor jsonb not null,
  origin text not null,
  data jsonb,
  xid xid8 not null default pg_current_xact_id()
)`,

      `-- What was committed since a snapshot.
create index if not exists rollcall_events_by_xid on rollcall_events (xid)`,

      `create index if not exists rollcall_events_by_session on rollcall_events (session_id)`,

      `create index if not exists rollcall_events_by_user
  on rollcall_events (user_type, user_id, id)`,
    ],
  },
];

/** The newest version this release knows. */
export const LATEST_VERSION: number = Math.max(...MIGRATIONS.map(({ version }) => version));

export const MIGRATIONS_TABLE = `create table if not exists rollcall_migrations (
  version int4 primary key,
  applied_at timestamptz not null default now()
)`;

/** "rollcall" in ASCII. Of processes that migrate at once, one works and the others wait. */
export const MIGRATION_LOCK = "select pg_advisory_xact_lock(8245928655518264428)";

/** Records that a migration was made. */
export function recordVersion(version: number): string {
  return `insert into rollcall_migrations (version) values (${version}) on conflict do nothing`;
}

/**
 * The SQL of all migrations, for people who run them themselves instead of `store.migrate()`.
 * Running it again does no harm. Tables are created in the first schema of the `search_path`.
 *
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { postgresSchema } from "rollcall/postgres";
 *
 * writeFileSync("rollcall.sql", postgresSchema());
 * ```
 */
export function postgresSchema(): string {
  const steps = MIGRATIONS.flatMap(({ version, statements }) => [
    ...statements,
    recordVersion(version),
  ]);
  return [
    "begin",
    `-- Waits for a store.migrate() that may be under way.\n${MIGRATION_LOCK}`,
    MIGRATIONS_TABLE,
    ...steps,
    "commit",
  ]
    .map((statement) => `${statement};\n`)
    .join("\n");
}
