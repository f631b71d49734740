import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "libsql";
import { RateLimiterSQLite } from "rate-limiter-flexible";
import { sqlite } from "rollcall/sqlite";
import type { DemoDatabase } from "./demo-database.js";
import { roleIn } from "./roles.js";
import { toUser } from "./users.js";

const TABLES = `
CREATE TABLE IF NOT EXISTS demo_users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS demo_roles (
  user_id TEXT PRIMARY KEY,
  role TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS demo_throttle (
  key TEXT PRIMARY KEY,
  points INTEGER NOT NULL DEFAULT 0,
  expire INTEGER
);`;

/** How long SQLite waits for another process, in milliseconds. It blocks this process meanwhile. */
const BUSY_TIMEOUT = 25;

/** How long the demo's own writes are retried, in milliseconds, without blocking the process. */
const TIMEOUT = 2000;

export async function openSqlite(folder: string): Promise<DemoDatabase> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "rollcall.db");
  const rollcall = new Database(path);
  await sqlite(rollcall).migrate();

  // A handle of its own, so that the demo's transactions never mix with Rollcall's.
  const own = new Database(path);
  own.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  // Take the lock first: in libsql, a prepared write on a busy database breaks the handle.
  const write = <T>(work: () => T): T => own.transaction(work).immediate();
  await patiently(() => write(() => own.exec(TABLES)));
  await patiently(() =>
    write(() => own.exec(`DELETE FROM demo_throttle WHERE expire < ${Date.now()}`)),
  );
  const select = "SELECT id, email, password_hash, ? AS read_at FROM demo_users WHERE";
  const byEmail = own.prepare(`${select} email = ?`);
  const byId = own.prepare(`${select} id = ?`);
  const all = own.prepare(`${select} true ORDER BY email`);
  const role = own.prepare("SELECT role FROM demo_roles WHERE user_id = ?");
  const setRole = own.prepare("INSERT OR REPLACE INTO demo_roles VALUES (?, ?)");
  const add = own.prepare("INSERT OR IGNORE INTO demo_users VALUES (?, ?, ?)");

  /** The part of better-sqlite3 that the limiter uses. */
  const storeClient = {
    transaction: (work: () => unknown) => () => write(work),
    prepare: (sql: string) => ({
      get: (...values: unknown[]) => own.prepare(sql).all(...values)[0],
      run: (...values: unknown[]) => write(() => own.prepare(sql).run(...values)),
    }),
  };

  return {
    name: `SQLite in ${path}`,
    makeStore: () => sqlite(rollcall),
    users: {
      byEmail: async (email) => toUser(byEmail.all(Date.now(), email)[0]),
      byId: async (id) => toUser(byId.all(Date.now(), id)[0]),
      all: async () =>
        all
          .all(Date.now())
          .map(toUser)
          .filter((user) => user !== null),
      roleOf: async (id) => roleIn(role.all(id)[0]),
      async setRole(id, role) {
        await patiently(() => write(() => setRole.run(id, role)));
      },
      async add(user) {
        await patiently(() => write(() => add.run(user.id, user.email, user.passwordHash)));
      },
    },
    makeLimiter(limits) {
      const limiter = new RateLimiterSQLite({
        storeClient,
        storeType: "better-sqlite3",
        tableName: "demo_throttle",
        tableCreated: true,
        ...limits,
      });
      return {
        reward: (key) => patiently(() => limiter.reward(key)),
        consume: (key) => patiently(() => limiter.consume(key)),
        delete: (key) => patiently(() => limiter.delete(key)),
      };
    },
    async close() {
      own.close();
      rollcall.close();
    },
  };
}

/** Retries while another process writes. A refused attempt has changed nothing. */
async function patiently<T>(work: () => T | Promise<T>): Promise<T> {
  const until = performance.now() + TIMEOUT;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
      // Jitter, so that processes do not retry in lockstep.
      await pause(5 + Math.random() * 20);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^SQLITE_BUSY/.test(String(error.code));
}
