import { type Columns, listColumns } from "../columns.js";
import { EVENT_COLUMNS } from "../event-columns.js";
import { SESSION_COLUMNS } from "../session-columns.js";

/**
 * One step of the schema. Each leaves the previous release working, since processes of both run
 * side by side while a deployment rolls out. Never edited once released.
 */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** The columns of a table as migration 1 creates it. Later migrations add the others. */
function definitions<T extends object>(columns: Columns<T>): string {
  return listColumns(columns)
    .filter(({ since }) => since === 1)
    .map(({ name, sqlite, isNullable }) => {
      const key = name === "id" ? " PRIMARY KEY" : "";
      return `${name} ${sqlite}${isNullable ? "" : " NOT NULL"}${key}`;
    })
    .join(",\n  ");
}

/** The columns that a later migration adds. SQLite has no `IF NOT EXISTS` for them. */
function additions<T extends object>(table: string, columns: Columns<T>, version: number): string {
  return listColumns(columns)
    .filter(({ since }) => since === version)
    .map(({ name, sqlite }) => `ALTER TABLE ${table} ADD COLUMN ${name} ${sqlite};`)
    .join("\n");
}

/** `STRICT`, so that a wrong type is an error. Text compares byte by byte (BINARY is the default). */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE IF NOT EXISTS rollcall_sessions (
  ${definitions(SESSION_COLUMNS)}
) STRICT;

-- A user's list, newest first.
CREATE INDEX IF NOT EXISTS rollcall_sessions_by_user
  ON rollcall_sessions (user_type, user_id, created_at DESC, id) WHERE revoked_at IS NULL;
-- What a process must remember of ended sessions.
CREATE INDEX IF NOT EXISTS rollcall_sessions_revoked
  ON rollcall_sessions (access_until) WHERE revoked_at IS NOT NULL;
-- What may be purged.
CREATE INDEX IF NOT EXISTS rollcall_sessions_absolute
  ON rollcall_sessions (absolute_expires_at);

-- A user's latest "everywhere".
CREATE TABLE IF NOT EXISTS rollcall_users (
  user_type TEXT NOT NULL,
  user_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  everywhere_at INTEGER NOT NULL,
  PRIMARY KEY (user_type, user_id)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: an id is never given twice, also when the newest rows have been purged.
CREATE TABLE IF NOT EXISTS rollcall_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ${definitions(EVENT_COLUMNS)}
) STRICT;

-- Both end in the id by themselves: it is the rowid.
CREATE INDEX IF NOT EXISTS rollcall_events_by_session ON rollcall_events (session_id);
CREATE INDEX IF NOT EXISTS rollcall_events_by_user ON rollcall_events (user_type, user_id);

-- One row: tells this database from any other, so that a cursor of another one is void.
CREATE TABLE IF NOT EXISTS rollcall_identity (
  id TEXT NOT NULL
) STRICT;
INSERT INTO rollcall_identity (id)
  SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM rollcall_identity);
`,
  },
  {
    version: 2,
    sql: `
-- By key: the sessions that were begun or rotated under it, or for which it was presented. Kept by
-- triggers, so that a process of the previous release fills it too.
CREATE TABLE IF NOT EXISTS rollcall_session_keys (
  key_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  PRIMARY KEY (key_id, session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rollcall_session_keys_by_session
  ON rollcall_session_keys (session_id);
CREATE TRIGGER IF NOT EXISTS rollcall_session_begun AFTER INSERT ON rollcall_sessions BEGIN
  INSERT OR IGNORE INTO rollcall_session_keys (key_id, session_id) VALUES (NEW.key_id, NEW.id);
END;
CREATE TRIGGER IF NOT EXISTS rollcall_session_rotated
  AFTER UPDATE OF key_id ON rollcall_sessions WHEN NEW.key_id <> OLD.key_id BEGIN
  INSERT OR IGNORE INTO rollcall_session_keys (key_id, session_id) VALUES (NEW.key_id, NEW.id);
END;
CREATE TRIGGER IF NOT EXISTS rollcall_session_forgotten AFTER DELETE ON rollcall_sessions BEGIN
  DELETE FROM rollcall_session_keys WHERE session_id = OLD.id;
END;
INSERT OR IGNORE INTO rollcall_session_keys (key_id, session_id)
  SELECT key_id, id FROM rollcall_sessions WHERE revoked_at IS NULL;
`,
  },
  {
    version: 3,
    sql: `
-- What purgeEvents may delete, the oldest first.
CREATE INDEX IF NOT EXISTS rollcall_events_by_time
  ON rollcall_events (at) WHERE type <> 'session.revoked';
`,
  },
  {
    version: 4,
    sql: `
${additions("rollcall_sessions", SESSION_COLUMNS, 4)}
ALTER TABLE rollcall_users ADD COLUMN claims_at INTEGER;

-- The access tokens that a process must refuse since their claims are out of date.
CREATE INDEX IF NOT EXISTS rollcall_sessions_outdated
  ON rollcall_sessions (outdated_until) WHERE outdated_until IS NOT NULL;

-- Whatever ends a session ends those in which its user acts as somebody else.
CREATE INDEX IF NOT EXISTS rollcall_sessions_acting
  ON rollcall_sessions (acting ->> 'sessionId') WHERE acting IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS rollcall_session_ended AFTER UPDATE OF revoked_at ON rollcall_sessions
  WHEN OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL BEGIN
  INSERT INTO rollcall_events (at, type, user_type, user_id, session_id, actor, origin, data)
    SELECT NEW.revoked_at, 'session.revoked', user_type, user_id, id, '{"kind":"system"}', '',
      '{"reason":"actor_ended"}'
    FROM rollcall_sessions
    WHERE acting ->> 'sessionId' = NEW.id AND acting IS NOT NULL
      AND revoked_at IS NULL AND expires_at > NEW.revoked_at;
  UPDATE rollcall_sessions SET
    revoked_at = NEW.revoked_at, revoked_reason = 'actor_ended', revoked_by = '{"kind":"system"}'
  WHERE acting ->> 'sessionId' = NEW.id AND acting IS NOT NULL
    AND revoked_at IS NULL AND expires_at > NEW.revoked_at;
END;
`,
  },
  {
    version: 5,
    sql: `
${additions("rollcall_sessions", SESSION_COLUMNS, 5)}
-- The device of the user's first sign-in that had one. Empty: it was disavowed.
ALTER TABLE rollcall_users ADD COLUMN first_device TEXT;

CREATE TABLE rollcall_devices (
  user_type TEXT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  name TEXT,
  sign_ins INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (user_type, user_id, device_id)
) STRICT, WITHOUT ROWID;
-- What purgeDevices may delete, the oldest first.
CREATE INDEX rollcall_devices_by_time ON rollcall_devices (last_seen_at);
`,
  },
];

/** The newest version this release knows. */
export const LATEST_VERSION: number = Math.max(...MIGRATIONS.map(({ version }) => version));

export const MIGRATIONS_TABLE = `
CREATE TABLE IF NOT EXISTS rollcall_migrations (
  version INTEGER PRIMARY KEY,
  applied_at INTEGER NOT NULL
) STRICT;
`;

/** One migration and the row that records it. */
export function migrationSql({ version, sql }: Migration): string {
  return `${sql.trim()}
INSERT OR IGNORE INTO rollcall_migrations (version, applied_at)
  VALUES (${version}, unixepoch() * 1000);
`;
}

/** Options of {@link sqliteSchema}. */
export interface SqliteSchemaOptions {
  /**
   * The version that the database has: the highest number in its table `rollcall_migrations`. Only
   * what comes after it is printed.
   *
   * @default 0, for a database that has none of the tables yet
   * @remarks When you update a database that an earlier release made.
   * @unit version
   */
  readonly after?: number;
}

/**
 * The SQL of the migrations, for people who run them themselves instead of `store.migrate()`. Run it
 * once: SQLite cannot skip a column that is there already, so a second run fails in its transaction,
 * which you then roll back, and changes nothing.
 *
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { sqliteSchema } from "rollcall/sqlite";
 *
 * writeFileSync("rollcall.sql", sqliteSchema());
 * writeFileSync("rollcall-update.sql", sqliteSchema({ after: 3 }));
 * ```
 *
 * @throws TypeError naming the option at fault.
 */
export function sqliteSchema({ after = 0 }: SqliteSchemaOptions = {}): string {
  if (!Number.isSafeInteger(after) || after < 0 || after > LATEST_VERSION) {
    throw new TypeError(`after must be a version of the schema, from 0 to ${LATEST_VERSION}`);
  }
  const missing = MIGRATIONS.filter(({ version }) => version > after);
  return `-- WAL lets readers and the one writer work side by side. It cannot be set in a transaction.
PRAGMA journal_mode = WAL;

BEGIN IMMEDIATE;
${MIGRATIONS_TABLE.trim()}

${missing.map(migrationSql).join("\n")}
COMMIT;
`;
}
