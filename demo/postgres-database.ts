import pg from "pg";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import { postgres } from "rollcall/postgres";
import type { DemoDatabase } from "./database.js";
import { type DemoUser, toUser } from "./users.js";

const TABLES = `
CREATE TABLE IF NOT EXISTS demo_users (
  id text PRIMARY KEY,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL
);
CREATE TABLE IF NOT EXISTS demo_throttle (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);`;

/** The demo's name in the table of advisory locks. */
const LOCK = 4_711_0815;

export async function openPostgres(url: string): Promise<DemoDatabase> {
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 2000 });
  // The pool replaces a connection that was lost while idle; nobody listening would end the process.
  pool.on("error", () => {});
  const store = postgres(pool);
  await store.migrate();
  // CREATE TABLE IF NOT EXISTS is not safe against itself in another process: the lock makes it so.
  await pool.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); ${TABLES} COMMIT`);

  const one = async (where: "email" | "id", value: string): Promise<DemoUser | null> => {
    const sql = `SELECT id, email, password_hash FROM demo_users WHERE ${where} = $1`;
    const { rows } = await pool.query<Record<string, unknown>>(sql, [value]);
    return toUser(rows[0]);
  };

  return {
    name: "Postgres",
    store,
    users: {
      byEmail: (email) => one("email", email),
      byId: (id) => one("id", id),
      async add({ id, email, passwordHash }) {
        const sql = "INSERT INTO demo_users VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        await pool.query(sql, [id, email, passwordHash]);
      },
    },
    makeLimiter: (terms) =>
      new RateLimiterPostgres({
        storeClient: pool,
        tableName: "demo_throttle",
        tableCreated: true,
        ...terms,
      }),
    close: () => pool.end(),
  };
}
