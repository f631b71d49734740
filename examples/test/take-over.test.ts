import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ClientBase, Pool, QueryResult } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  createDatabase,
  postgresAvailable,
} from "../../packages/rollcall/test/support/postgres.js";

type TakeOver = (
  pool: Pool,
  end: (client: ClientBase) => Promise<QueryResult>,
  start: (client: ClientBase) => Promise<unknown>,
) => Promise<unknown>;

const path = join(import.meta.dirname, "../migrating/take-over.mjs");
const { takeOver }: { takeOver: TakeOver } = await import(pathToFileURL(path).href);

const PID = "select pg_backend_pid() as pid";

describe.skipIf(!postgresAvailable)("taking over", () => {
  async function open(): Promise<Pool> {
    const database = await createDatabase();
    onTestFinished(database.drop);
    return database.pool({ max: 2 });
  }

  test("says what went wrong first, and keeps the connection", async () => {
    const pool = await open();
    const failed = takeOver(
      pool,
      (client) => client.query(PID),
      () => Promise.reject(new Error("no sign-in")),
    );
    await expect(failed).rejects.toThrow("no sign-in");
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  test("says it as well where the connection is lost, and goes without", async () => {
    const pool = await open();
    const failed = takeOver(
      pool,
      (client) => client.query(PID),
      async (client) => {
        const ended = new Promise((resolve) => client.once("end", resolve));
        const { rows } = await client.query(PID);
        await pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
        await ended;
        throw new Error("no sign-in");
      },
    );
    await expect(failed).rejects.toThrow("no sign-in");
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    const found = await takeOver(
      pool,
      (client) => client.query(PID),
      async () => "signed in",
    );
    expect(found).toBe("signed in");
  });
});
