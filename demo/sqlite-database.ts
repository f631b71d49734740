import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { RateLimiterSQLite } from "rate-limiter-flexible";
import { sqlite } from "rollcall/sqlite";
import type { DemoDatabase } from "./database.js";
import { toUser } from "./users.js";

const TABLES = `
CREATE TABLE IF NOT EXISTS demo_users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS demo_throttle (
  key TEXT PRIMARY KEY,
  points INTEGER NOT NULL DEFAULT 0,
  expire INTEGER
);`;

/** How long the demo's own writes wait for another process, in milliseconds. */
const BUSY_TIMEOUT = 5000;

export async function openSqlite(folder: string): Promise<DemoDatabase> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "rollcall.db");
  const rollcall = new Database(path);
  const store = sqlite(rollcall);
  await store.migrate();

  // A handle of its own, so that the demo's transactions and Rollcall's never meet.
  const own = new Database(path);
  own.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  // Takes the lock first: with libsql, a prepared write that meets a busy database spoils the handle.
  const write = <T>(work: () => T): T => own.transaction(work).immediate();
  write(() => own.exec(TABLES));
  const select = "SELECT id, email, password_hash FROM demo_users WHERE";
  const byEmail = own.prepare(`${select} email = ?`);
  const byId = own.prepare(`${select} id = ?`);
  const add = own.prepare("INSERT OR IGNORE INTO demo_users VALUES (?, ?, ?)");

  /** What the limiter asks of better-sqlite3. */
  const storeClient = {
    transaction: (work: () => unknown) => () => write(work),
    prepare: (sql: string) => ({
      get: (...values: unknown[]) => own.prepare(sql).all(...values)[0],
      run: (...values: unknown[]) => write(() => own.prepare(sql).run(...values)),
    }),
  };

  return {
    name: `SQLite in ${path}`,
    store,
    users: {
      byEmail: async (email) => toUser(byEmail.all(email)[0]),
      byId: async (id) => toUser(byId.all(id)[0]),
      async add(user) {
        write(() => add.run(user.id, user.email, user.passwordHash));
      },
    },
    makeLimiter: (terms) =>
      new RateLimiterSQLite({
        storeClient,
        storeType: "better-sqlite3",
        tableName: "demo_throttle",
        tableCreated: true,
        ...terms,
      }),
    async close() {
      own.close();
      rollcall.close();
    },
  };
}
