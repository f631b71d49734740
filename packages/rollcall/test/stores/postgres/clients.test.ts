import { EventEmitter } from "node:events";
import { PGlite } from "@electric-sql/pglite";
import { types } from "pg";
import { type PostgresClient, postgres } from "rollcall/postgres";
import { describe, expect, test } from "vitest";
import { ada, newSession } from "../../../src/testing/conformance/new-session.js";
import { postgresAvailable } from "../../support/postgres.js";
import {
  afterwards,
  connect,
  LOGOUT,
  newDatabase,
  openPooled,
  openStore,
  presenting,
  signIn,
} from "./fixtures.js";

const CAPPED = { limit: { max: 3, onLimit: "evict-oldest" } } as const;

describe.skipIf(!postgresAvailable)("clients of pg", () => {
  test("a single client: transactions and statements that come at once keep apart", async () => {
    const database = await newDatabase();
    const store = openStore(await connect(database));
    await store.migrate();
    await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        if (index % 10 === 9) await store.revokeAll(ada, { revocation: LOGOUT, except: null });
        const session = await signIn(store, CAPPED);
        await store.rotate(presenting(session));
      }),
    );
    expect(await store.list(ada, { limit: 100, after: null })).toHaveLength(3);
    expect(store.subscribe).toBeUndefined();
  });

  test("a failed transaction leaves a single client usable", async () => {
    const database = await newDatabase();
    const store = openStore(await connect(database));
    await store.migrate();
    const { id } = await signIn(store, CAPPED);
    await expect(store.create(newSession({ id, ...CAPPED }))).rejects.toThrow("duplicate key");
    await signIn(store, CAPPED);
  });

  test("a failed statement costs a pool no connection", async () => {
    const { database } = await openPooled();
    const pool = database.pool({ max: 1 });
    const store = openStore(pool, { listen: false });
    const { id } = await signIn(store);
    const pidOf = async (): Promise<unknown> =>
      (await pool.query("select pg_backend_pid() as pid")).rows[0];
    const before = await pidOf();
    await expect(store.create(newSession({ id }))).rejects.toThrow("duplicate key");
    await expect(store.create(newSession({ id, ...CAPPED }))).rejects.toThrow("duplicate key");
    expect(await pidOf()).toEqual(before);
  });

  test("a single client inside a transaction of the application's is a mistake", async () => {
    const database = await newDatabase();
    const client = await connect(database);
    const store = openStore(client);
    await store.migrate();
    await client.query("begin");
    await expect(store.get(ada, newSession().id)).rejects.toThrow(/sessions\.in\(client\)/);
    await client.query("rollback");
    expect(await store.get(ada, newSession().id)).toBeNull();
  });

  test("a connection that ends in the middle of a transaction ends no process", async () => {
    const { database } = await openPooled();
    const pool = database.pool();
    const store = openStore(pool, { listen: false });
    const blocker = await connect(database);
    await signIn(store);
    await blocker.query("begin");
    await blocker.query("select user_id from rollcall_users for update");
    const refused = expect(signIn(store, CAPPED)).rejects.toThrow("terminating connection");
    for (;;) {
      const { rows } = await blocker.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database()`,
      );
      if (rows.length > 0) break;
    }
    await refused;
    await blocker.query("rollback");
    await signIn(store, CAPPED);
    expect(pool.totalCount).toBe(1);
  });

  test("statements are named unless told otherwise", async () => {
    const { database } = await openPooled();
    for (const prepare of [true, false]) {
      const client = await connect(database);
      const store = openStore(client, { prepare });
      await store.rotate(presenting(await signIn(store)));
      const { rows } = await client.query<{ name: string }>(
        "select name from pg_prepared_statements",
      );
      expect(rows.length > 0).toBe(prepare);
      for (const { name } of rows) expect(name).toMatch(/^rollcall_[0-9a-f]{20}$/);
    }
  });

  test("parsers of the application's change nothing", async () => {
    const { database, store } = await openPooled();
    const device = { z: 1, a: { 10: "x", b: [] }, userAgent: "ö" };
    const session = await signIn(store, { deviceInfo: device, metadata: device });
    const getTypeParser = (oid: number): ((text: string) => unknown) => {
      if (oid === types.builtins.INT8) return BigInt;
      if (oid === types.builtins.JSON || oid === types.builtins.JSONB) return String;
      return types.getTypeParser(oid);
    };
    const other = openStore(database.pool({ types: { getTypeParser } }));
    expect(await other.get(ada, session.id)).toEqual(session);
    expect(JSON.stringify((await other.get(ada, session.id))?.deviceInfo)).toBe(
      JSON.stringify(device),
    );
  });

  test("user ids are compared by code unit, whatever the collation of the database", async () => {
    const { store } = await openPooled();
    const ids = [
      "9007199254740993",
      "9007199254740992",
      "175928847299117063",
      "é",
      "e\u0301",
      "Ada",
      "ada",
      "ada ",
      " ada",
      "' or 1=1 --",
      "\u{1F4F1}",
      "a".repeat(255),
    ];
    for (const id of ids) await signIn(store, { user: { type: "user", id } });
    for (const id of ids) {
      const user = { type: "user", id };
      const list = await store.list(user, { limit: 100, after: null });
      expect(list.map((session) => session.user)).toEqual([user]);
      expect(await store.revokeAll(user, { revocation: LOGOUT, except: null })).toHaveLength(1);
    }
  });
});

test("a client of a pool that ends between two statements of ours ends no process", async () => {
  const released: unknown[] = [];
  const client = Object.assign(new EventEmitter(), {
    query: async () => {
      // Throws where nobody listens, as it would end the process.
      client.emit("error", new Error("the connection was closed"));
      return { rows: [] };
    },
    release: (error?: Error) => released.push(error),
  });
  const pool = { query: client.query, totalCount: 0, connect: async () => client };
  const store = openStore(pool, { prepare: false, schema: "public" });
  expect(await store.revokeAll(ada, { revocation: LOGOUT, except: null })).toEqual([]);
  expect(released).toEqual([undefined]);
  expect(client.listenerCount("error")).toBe(0);
});

test("PGlite: the application's queries never come into a transaction of ours", async () => {
  const client = new PGlite();
  afterwards(() => client.close());
  const store = openStore(client);
  await store.migrate();
  await client.query("create table app (n int)");
  await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      await Promise.allSettled([
        store.create(newSession({ id: FIXED.id, ...CAPPED })),
        client.query("insert into app values ($1)", [n]),
      ]);
    }),
  );
  const { rows } = await client.query("select count(*)::int4 as n from app");
  expect(rows).toEqual([{ n: 20 }]);
  expect(store.subscribe).toBeUndefined();
});

const FIXED = newSession();

test.each<[string, () => unknown, RegExp]>([
  ["no client", () => Reflect.apply(postgres, null, [null]), /client must have query/],
  ["an address", () => Reflect.apply(postgres, null, ["postgres://x"]), /client must have query/],
  [
    "what may be a pool or not",
    () => postgres(Object.assign(nothing(), { connect: async () => {} })),
    /neither a pool/,
  ],
  ["prepare where it cannot be", () => postgres(nothing(), { prepare: true }), /^prepare: /],
  [
    "prepare of a wrong type",
    () => Reflect.apply(postgres, null, [nothing(), { prepare: "no" }]),
    /^prepare must/,
  ],
  [
    "listen of a wrong type",
    () => Reflect.apply(postgres, null, [nothing(), { listen: true }]),
    /^listen must/,
  ],
])("refuses %s", (_, call, message) => {
  expect(call).toThrow(TypeError);
  expect(call).toThrow(message);
});

function nothing(): PostgresClient {
  return { query: async () => ({ rows: [] }) };
}
