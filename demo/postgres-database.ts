import pg from "pg";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import { postgres } from "rollcall/postgres";
import type { DemoDatabase } from "./demo-database.js";
import { roleIn } from "./roles.js";
import { type KnownUser, toUser } from "./users.js";

const TABLES = `
CREATE TABLE IF NOT EXISTS demo_users (
  id text PRIMARY KEY,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL
);
CREATE TABLE IF NOT EXISTS demo_roles (
  user_id text PRIMARY KEY,
  role text NOT NULL
);
CREATE TABLE IF NOT EXISTS demo_throttle (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);`;

/** The demo's name in the table of advisory locks. */
const LOCK = 4_711_0815;

/** In milliseconds; before the statement reads anything. */
const NOW = "floor(extract(epoch FROM statement_timestamp()) * 1000)::int8";

/** How long the demo's own questions wait, in milliseconds. */
const TIMEOUT = 2000;

export async function openPostgres(url: string): Promise<DemoDatabase> {
  const options = { connectionString: url, connectionTimeoutMillis: TIMEOUT };
  const rollcall = new pg.Pool(options);
  // A pool of its own with a timeout, so that queries end even if the network stalls.
  const own = new pg.Pool({ ...options, query_timeout: TIMEOUT });
  // The pool replaces a lost idle connection, but an unhandled error event would end the process.
  for (const pool of [rollcall, own]) pool.on("error", () => {});
  await postgres(rollcall).migrate();
  // CREATE TABLE IF NOT EXISTS can fail when two processes run it at once, hence the lock.
  await rollcall.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); ${TABLES} COMMIT`);

  const select = `SELECT id, email, password_hash, ${NOW} AS read_at FROM demo_users`;
  const one = async (where: "email" | "id", value: string): Promise<KnownUser | null> => {
    const { rows } = await own.query<object>(`${select} WHERE ${where} = $1`, [value]);
    return toUser(rows[0]);
  };

  return {
    name: "Postgres",
    makeStore: () => postgres(rollcall),
    users: {
      byEmail: (email) => one("email", email),
      byId: (id) => one("id", id),
      async all() {
        const { rows } = await own.query<object>(`${select} ORDER BY email`);
        return rows.map(toUser).filter((user) => user !== null);
      },
      async roleOf(id) {
        const sql = "SELECT role FROM demo_roles WHERE user_id = $1";
        return roleIn((await own.query<object>(sql, [id])).rows[0]);
      },
      async setRole(id, role) {
        const change = "ON CONFLICT (user_id) DO UPDATE SET role = excluded.role";
        await own.query(`INSERT INTO demo_roles VALUES ($1, $2) ${change}`, [id, role]);
      },
      async add({ id, email, passwordHash }) {
        const sql = "INSERT INTO demo_users VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        await own.query(sql, [id, email, passwordHash]);
      },
    },
    makeLimiter: (limits) =>
      new RateLimiterPostgres({
        storeClient: own,
        tableName: "demo_throttle",
        tableCreated: true,
        ...limits,
      }),
    async close() {
      await Promise.all([own.end(), rollcall.end()]);
    },
  };
}
