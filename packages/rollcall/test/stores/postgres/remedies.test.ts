import { Pool } from "pg";
import { createSessions } from "rollcall";
import { createHttp } from "rollcall/http";
import { postgres } from "rollcall/postgres";
import { describe, expect, test } from "vitest";
import { remedy } from "../../../src/stores/postgres/connection/remedies.js";
import { NEWEST_COLUMN } from "../../../src/stores/session-columns.js";
import { postgresAvailable, type TestDatabase } from "../../support/postgres.js";
import { refusal, secret } from "../../support/sessions.js";
import { afterwards, begin, newDatabase } from "./fixtures.js";

const user = { type: "user", id: "ada" };

interface Fault {
  readonly name: string;
  /** Brings it about; gives back the pool of the application that meets it. */
  make(database: TestDatabase): Promise<Pool>;
  readonly told: RegExp;
}

async function migrated(database: TestDatabase): Promise<Pool> {
  const pool = database.pool({ max: 1 });
  await postgres(pool).migrate();
  return pool;
}

const FAULTS: readonly Fault[] = [
  {
    name: "tables that were never made",
    make: async (database) => database.pool(),
    told: /tables are missing in this database: run store\.migrate\(\)/,
  },
  {
    name: "tables of an older release",
    async make(database) {
      const pool = await migrated(database);
      await pool.query("alter table rollcall_sessions drop column confirmed cascade");
      await pool.query("alter table rollcall_events drop column xid cascade");
      return pool;
    },
    told: /older release: run store\.migrate\(\)/,
  },
  {
    name: "tables of the release before",
    async make(database) {
      const pool = await migrated(database);
      await pool.query(`alter table rollcall_sessions drop column ${NEWEST_COLUMN}`);
      return pool;
    },
    told: /older release: run store\.migrate\(\)/,
  },
  {
    name: "a role without rights",
    async make(database) {
      const pool = await migrated(database);
      const role = `r${database.url.slice(-12)}`;
      await pool.query(`create role ${role}`);
      afterwards(async () => {
        const admin = database.pool();
        await admin.query(`drop owned by ${role}; drop role ${role}`);
      });
      return database.pool({ options: `-c role=${role}` });
    },
    told: /role may not do this: grant it SELECT/,
  },
  {
    name: "statements that somebody else has prepared",
    async make(database) {
      const pool = await migrated(database);
      await postgres(pool).changes(null, 0);
      const { rows } = await pool.query("select name from pg_prepared_statements");
      const taken = database.pool({ max: 1 });
      for (const { name } of rows) await taken.query(`prepare ${name} as select 1`);
      return taken;
    },
    told: /PgBouncer in transaction mode: pass postgres\(pool, \{ prepare: false \}\)/,
  },
  {
    name: "a database that does not exist",
    async make(database) {
      const pool = new Pool({ connectionString: `${database.url}_gone` });
      pool.on("error", () => {});
      afterwards(() => pool.end());
      return pool;
    },
    told: /the database does not exist: create it/,
  },
];

describe.skipIf(!postgresAvailable)("a fault that will not pass by itself", () => {
  for (const { name, make, told } of FAULTS) {
    test(`is told with its remedy, once, and is a 503 all the same: ${name}`, async () => {
      const pool = await make(await newDatabase());
      const errors: Error[] = [];
      const requests: unknown[] = [];
      const sessions = createSessions({
        store: postgres(pool, { listen: false }),
        secret,
        storeTimeout: "30s",
        onError: (error) => errors.push(error),
      });
      afterwards(() => sessions.close());
      const http = createHttp({ sessions, onError: (error) => requests.push(error) });
      await expect.poll(() => sessions.health().lastError).toMatch(told);
      const answer = await http.fetch(new Request("http://app/healthz"));
      expect(answer.status).toBe(503);
      expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(told)]);
      const refused = await refusal(sessions.purge());
      expect(refused).toMatchObject({
        status: 503,
        message: "Temporarily unavailable, try again shortly",
      });
      expect(refused.cause).toMatchObject({ message: expect.stringMatching(told) });
      expect(errors).toHaveLength(1);
      expect(requests).toEqual([]);
    });
  }

  test("a database that takes no writes is told of where one is tried", async () => {
    const database = await newDatabase();
    await migrated(database);
    const pool = database.pool({ options: "-c default_transaction_read_only=on" });
    const sessions = createSessions({ store: postgres(pool), secret, onError() {} });
    afterwards(() => sessions.close());
    const refused = await refusal(sessions.start(user));
    expect(refused).toMatchObject({ status: 503 });
    expect(refused.cause).toMatchObject({
      message: expect.stringMatching(/read-only, as a standby is: connect to the primary/),
      code: "25006",
    });
  });

  test("it is told with its remedy in a transaction of the caller's too", async () => {
    const database = await newDatabase();
    const sessions = createSessions({
      store: postgres(database.pool(), { listen: false }),
      secret,
      storeTimeout: "30s",
      onError() {},
    });
    afterwards(() => sessions.close());
    const inside = sessions.in(await begin(database));
    const refused = await refusal(inside.start(user));
    expect(refused.status).toBe(503);
    expect(refused.cause).toMatchObject({
      message: expect.stringMatching(/tables are missing in this database: run store\.migrate/),
    });
  });

  test("prepared statements that have gone are told of", async () => {
    const pool = await migrated(await newDatabase());
    const store = postgres(pool, { listen: false });
    await store.changes(null, 0);
    await pool.query("deallocate all");
    await expect(store.changes(null, 0)).rejects.toThrow(/prepare: false/);
  });
});

test("what passes by itself has no remedy; a refused login has one", () => {
  const failing = (code: string): Error =>
    Object.assign(new Error("refused"), { code, routine: "auth_failed" });
  for (const code of ["40001", "57P01", "53300", "55P03"]) expect(remedy(failing(code))).toBeNull();
  expect(remedy(new Error("ECONNREFUSED"))).toBeNull();
  for (const code of ["28P01", "28000"]) expect(remedy(failing(code))).toMatch(/connection string/);
});
