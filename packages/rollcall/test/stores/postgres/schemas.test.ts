import { PGlite } from "@electric-sql/pglite";
import type { Pool } from "pg";
import { postgresSchema } from "rollcall/postgres";
import { describe, expect, test } from "vitest";
import { createNamespace } from "../../../src/stores/postgres/connection/namespace.js";
import { ada, grace, newSession } from "../../../src/testing/conformance/new-session.js";
import { postgresAvailable, type TestDatabase } from "../../support/postgres.js";
import {
  afterwards,
  begin,
  connect,
  LOGOUT,
  newDatabase,
  openPooled,
  openStore,
  signIn,
} from "./fixtures.js";

const ALL = { limit: 100, after: null } as const;

function poolOf(database: TestDatabase, path: string): Pool {
  return database.pool({ options: `-c search_path=${path}`, max: 3 });
}

/** Where there are tables for sessions. */
async function places(database: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await database
    .pool({ max: 1 })
    .query("select schemaname from pg_tables where tablename = 'rollcall_sessions' order by 1");
  return rows.map((row) => row["schemaname"]);
}

describe.skipIf(!postgresAvailable)("schemas", () => {
  test("three tenants, each with a schema before the one that has tables already", async () => {
    const { database } = await openPooled();
    const tenants = ["tenant_a", "tenant_b", "Tenant c"];
    const admin = await connect(database);
    for (const name of tenants) await admin.query(`create schema "${name}"`);
    const stores = tenants.map((name, index) =>
      openStore(poolOf(database, `"${name}",public`.replaceAll(" ", "\\ ")), {
        listen: false,
        // Whether by its name or by the path.
        ...(index === 1 ? { schema: name } : {}),
      }),
    );
    await Promise.all(stores.map((store) => store.migrate()));
    expect(await places(database)).toEqual(["Tenant c", "public", "tenant_a", "tenant_b"]);
    const ids: string[] = [];
    for (const store of stores) {
      const { id } = await signIn(store);
      ids.push(id);
    }
    const [first, second, third] = stores;
    expect(await first?.revokeAll(ada, { revocation: LOGOUT, except: null })).toHaveLength(1);
    const lists = [second, third].map(async (store) => (await store?.list(ada, ALL)) ?? []);
    expect((await Promise.all(lists)).flat().map(({ id }) => id)).toEqual(ids.slice(1));
    expect((await second?.changes(null, 0))?.revoked).toEqual([]);
    expect((await first?.changes(null, 0))?.revoked.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  });

  test("a schema is made by migrate where there is none, whatever its name", async () => {
    const database = await newDatabase();
    const names = ["auth", "Groß\"er'\\ {schema}", "rollcall_x", "my rollcall_events", "select"];
    for (const schema of names) {
      const store = openStore(database.pool({ max: 2 }), { schema, listen: false });
      await store.migrate();
      await store.migrate();
      const { id } = await signIn(store);
      const { cursor } = await store.changes(null, 0);
      await store.revoke(ada, id, LOGOUT);
      expect((await store.changes(cursor, 0)).revoked.map((entry) => entry.id)).toEqual([id]);
    }
    expect(await places(database)).toEqual(names.toSorted());
  });

  test("a path that moves on a connection moves no store", async () => {
    const { database, store } = await openPooled();
    const pool = database.pool({ max: 1 });
    const other = openStore(pool, { schema: "other", listen: false });
    await other.migrate();
    await pool.query("set search_path to public");
    const { id } = await signIn(other);
    expect(await other.get(ada, id)).not.toBeNull();
    expect(await store.get(ada, id)).toBeNull();

    const client = await begin(database);
    await client.query("set local search_path to other");
    await signIn(store.in?.(client) ?? expect.unreachable(), { user: grace });
    await client.query("commit");
    expect(await store.list(grace, ALL)).toHaveLength(1);
    expect(await other.list(grace, ALL)).toEqual([]);
  });

  test("temporary tables of the same names are not used", async () => {
    const { database } = await openPooled();
    const client = await connect(database);
    const store = openStore(client);
    await client.query("create temporary table rollcall_sessions (id uuid)");
    const { id } = await signIn(store);
    expect(await store.get(ada, id)).not.toBeNull();
  });

  test("the first use may be inside a transaction on the only connection", async () => {
    const { database } = await openPooled();
    const pool = database.pool({ max: 1 });
    const store = openStore(pool, { listen: false });
    const client = await pool.connect();
    await client.query("begin");
    const { id } = await signIn(store.in?.(client) ?? expect.unreachable());
    await client.query("commit");
    client.release();
    expect(await store.get(ada, id)).not.toBeNull();
  });

  test("a cap is counted with a pool of one whose schema is not known yet", async () => {
    const { database } = await openPooled();
    const store = openStore(database.pool({ max: 1 }), { listen: false });
    await signIn(store, { limit: { max: 3, onLimit: "refuse" } });
  });

  test("hints reach those who listen to the same schema only", async () => {
    const database = await newDatabase();
    const [one, other] = ["one", "other"].map((schema) =>
      openStore(database.pool({ max: 2 }), { schema }),
    );
    if (one === undefined || other === undefined) expect.unreachable();
    await Promise.all([one.migrate(), other.migrate()]);
    const heard: string[] = [];
    for (const [name, store] of [
      ["one", one],
      ["other", other],
    ] as const) {
      const connected = new Promise<void>((resolve) => {
        const changed = (): void => void heard.push(name);
        const stop = store.subscribe?.({ changed, connected: (up) => up && resolve() });
        afterwards(async () => (await stop)?.());
      });
      await connected;
    }
    await signIn(other);
    await signIn(one);
    await expect.poll(() => heard).toContain("one");
    // Notifications come in the order of the commits, to all who listen.
    expect(heard.filter((name) => name === "other")).toHaveLength(1);
  });

  test("the printed schema goes where it is told, or first in the path", async () => {
    const database = await newDatabase();
    const pool = poolOf(database, "mine,public");
    await pool.query("create schema mine; create schema other");
    await pool.query(postgresSchema({ schema: "other" }));
    expect(await places(database)).toEqual(["other"]);
    await openStore(pool, { schema: "public", listen: false }).migrate();
    await pool.query(postgresSchema());
    expect(await places(database)).toEqual(["mine", "other", "public"]);
    await signIn(openStore(pool, { listen: false }));
  });

  test.each([
    ["nowhere", /search_path names no schema that exists.*schema/],
    ["pg_catalog,public", /search_path begins with pg_catalog.*schema/],
  ])("a path of %s is a mistake", async (path, message) => {
    const database = await newDatabase();
    const store = openStore(poolOf(database, path), { listen: false });
    const failed = expect(store.migrate()).rejects;
    await failed.toThrow(message);
    await expect(store.get(ada, newSession().id)).rejects.toThrow(TypeError);
  });
});

test("PGlite has schemas too", async () => {
  const client = new PGlite();
  afterwards(() => client.close());
  const [one, other] = [openStore(client, { schema: "tenant" }), openStore(client)];
  await one.migrate();
  await other.migrate();
  const { id } = await signIn(one);
  expect(await other.get(ada, id)).toBeNull();
  await client.transaction(async (transaction) => {
    await transaction.query("set local search_path to tenant");
    await other.in?.(transaction).revokeAll(ada, { revocation: LOGOUT, except: null });
  });
  expect((await one.get(ada, id))?.revokedAt).toBeNull();
});

test.each([
  "",
  "pg_catalog",
  "pg_temp",
  "information_schema",
  "a".repeat(64),
  "ä".repeat(32),
  "\0",
  7,
])("refuses %j as a schema", (schema) => {
  const options = { schema };
  expect(() => Reflect.apply(openStore, null, [{ query: async () => {} }, options])).toThrow(
    /^schema/,
  );
  expect(() => Reflect.apply(postgresSchema, null, [options])).toThrow(TypeError);
});

test("each schema has statements, names and a channel of its own", () => {
  const template = { isKept: true, text: "select from rollcall_users where {schema} <> {channel}" };
  const [one, other] = ["one", "other"].map(createNamespace);
  expect(one?.prepare(template).text).toContain("from \"one\".rollcall_users where 'one'");
  expect(one?.prepare(template).name).not.toBe(other?.prepare(template).name);
  expect(one?.channel).not.toBe(other?.channel);
});
