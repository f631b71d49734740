import type { Client } from "pg";
import { postgresSchema } from "rollcall/postgres";
import { describe, expect, test } from "vitest";
import { createConnection } from "../../../src/stores/postgres/connection/connection.js";
import { createNamespaces } from "../../../src/stores/postgres/connection/namespaces.js";
import { migrate } from "../../../src/stores/postgres/migrate.js";
import { ada, grace } from "../../../src/testing/conformance/new-session.js";
import { postgresAvailable } from "../../support/postgres.js";
import {
  begin,
  connect,
  LOGOUT,
  newDatabase,
  openPooled,
  openStore,
  presenting,
  signIn,
} from "./fixtures.js";

describe.skipIf(!postgresAvailable)("migrations", () => {
  test.each([1, 2, 3])("8 processes migrate an empty database at once (round %s)", async () => {
    const database = await newDatabase();
    const stores = Array.from({ length: 8 }, () => openStore(database.pool({ max: 2 })));
    await Promise.all(stores.map((store) => store.migrate()));
    const { rows } = await database.pool().query("select version from rollcall_migrations");
    expect(rows).toEqual([1, 2, 3, 4, 5].map((version) => ({ version })));
    await Promise.all(stores.map((store) => signIn(store)));
  });

  test("waiting for others may take longer than a question", async () => {
    const { database } = await openPooled();
    const busy = await connect(database);
    await lockUnfinished(busy);
    const store = openStore(database.pool());
    store.configure({ storeTimeout: 50, processId: "" });
    const migrated = store.migrate();
    await waitingForLock(await connect(database), 200);
    await busy.query("commit");
    await migrated;
  });

  test("what it waits for too long is told", async () => {
    const { database } = await openPooled();
    const busy = await connect(database);
    await busy.query("set application_name = 'a backup'");
    await lockUnfinished(busy);
    const connection = createConnection(database.pool(), { prepare: true, timeout: () => 30_000 });
    const namespaces = createNamespaces("public", connection.alone);
    await expect(migrate(connection, namespaces, 2000)).rejects.toThrow(
      /^migrate: .*locked.*: pid \d+ \(role postgres, a backup\)$/,
    );
    await busy.query("commit");
    await migrate(connection, namespaces);
  });

  test("others use a table while a change of it waits for one who holds a row", async () => {
    const { database, store } = await openPooled();
    const { id } = await signIn(store);
    await downgrade(await connect(database));
    const busy = await begin(database);
    await busy.query("select from rollcall_sessions for update");
    const migrated = openStore(database.pool()).migrate();
    const observer = await connect(database);
    for (let round = 0; round < 3; round += 1) {
      await waitingForLock(observer, 100);
      expect((await store.get(ada, id))?.id).toBe(id);
    }
    await busy.query("commit");
    await migrated;
    expect((await store.rotate(presenting({ id, generation: 1 }))).outcome).toBe("rotated");
  });

  test("a session of the release before goes on, and is ended by its key", async () => {
    const { database, store } = await openPooled();
    const session = await signIn(store, { keyId: "k1" });
    await signIn(store, { keyId: "k1", user: grace });
    await downgrade(await connect(database));
    await Promise.all([openStore(database.pool()).migrate(), store.migrate()]);
    const rotated = await store.rotate(presenting(session, { keyId: "k2" }));
    expect(rotated.outcome).toBe("rotated");
    const terms = { keyId: "k1", revocation: LOGOUT, after: null, wait: true };
    expect((await store.revokeByKey?.(terms))?.ended).toHaveLength(2);
  });

  test("a role that may only connect holds no migration up", async () => {
    const database = await newDatabase();
    const anyone = await connect(database);
    // What it could guess: every advisory lock there was.
    await anyone.query("select pg_advisory_lock(8245928655518264428)");
    await openStore(database.pool()).migrate();
  });

  test("the printed schema is the one that migrate makes, and can be run again", async () => {
    const database = await newDatabase();
    const client = await connect(database);
    await client.query(postgresSchema());
    await client.query(postgresSchema());
    const printed = await describeTables(client);
    const store = openStore(database.pool());
    await store.migrate();
    await signIn(store);
    const { database: other } = await openPooled();
    expect(await describeTables(await connect(other))).toEqual(printed);
    expect(printed.length).toBeGreaterThan(40);
  });

  test("a role that may not create tables may call migrate once it is done", async () => {
    const { database } = await openPooled();
    const owner = await connect(database);
    const role = new URL(database.url).pathname.slice(1);
    await owner.query(`create role ${role} login password 'p'`);
    try {
      await owner.query(
        `grant select, insert, update, delete on all tables in schema public to ${role}`,
      );
      const url = new URL(database.url);
      url.username = role;
      url.password = "p";
      const pool = database.pool({ connectionString: url.href });
      const store = openStore(pool);
      await store.migrate();
      await signIn(store);
      expect((await store.changes(null, 0)).whole).toBe(true);
      await store.close();
      await pool.end();
    } finally {
      await owner.query(`drop owned by ${role}`);
      await owner.query(`drop role ${role}`);
    }
  });
});

/** The tables as the release before made them. */
async function downgrade(client: Client): Promise<void> {
  await client.query("alter table rollcall_sessions drop column key_ids");
  await client.query("delete from rollcall_migrations where version > 1");
}

/** Makes it look as if there were still something to be done, and holds the lock for it. */
async function lockUnfinished(client: Client): Promise<void> {
  await client.query("delete from rollcall_migrations");
  await client.query("begin");
  await client.query("lock table rollcall_migrations in share row exclusive mode");
}

/** Resolves when somebody else has waited so long for a lock in this database. */
async function waitingForLock(client: Client, ms: number): Promise<void> {
  for (;;) {
    const { rows } = await client.query(
      `select pid from pg_stat_activity
       where wait_event_type = 'Lock' and datname = current_database()
         and clock_timestamp() - query_start > $1 * interval '1 ms'`,
      [ms],
    );
    if (rows.length > 0) return;
  }
}

async function describeTables(client: Client): Promise<readonly unknown[]> {
  const { rows } = await client.query(
    `select table_name, column_name, data_type, is_nullable, column_default, collation_name
     from information_schema.columns where table_schema = 'public'
     union all
     select tablename, indexname, indexdef, null, null, null from pg_indexes
     where schemaname = 'public'
     order by 1, 2`,
  );
  return rows;
}
