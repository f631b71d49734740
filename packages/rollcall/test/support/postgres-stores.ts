import { PGlite } from "@electric-sql/pglite";
import { Client } from "pg";
import { type PostgresClient, postgres } from "rollcall/postgres";
import { type ManualClock, manualClock } from "rollcall/testing";
import { afterAll } from "vitest";
import { createDatabase, postgresAvailable, type TestDatabase } from "./postgres.js";
import type { StoreFactory } from "./store-factory.js";

/** What a test file opens once, at its first use; ended after its last test. */
function once<T>(open: () => Promise<T>, end: (opened: T) => Promise<void>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  afterAll(async () => {
    if (opened !== undefined) await end(await opened);
  });
  return () => {
    opened ??= open();
    return opened;
  };
}

/** Far quicker than a database for each test; so tests of one file must take turns. */
async function empty(client: PostgresClient): Promise<void> {
  await postgres(client, { listen: false }).migrate();
  await client.query(
    "truncate rollcall_sessions, rollcall_users, rollcall_devices, rollcall_events",
  );
}

/** Nothing in these tests survives a power failure, so none of them waits for the disk. */
const OPTIONS = "-c synchronous_commit=off";

const database = once(createDatabase, (opened: TestDatabase) => opened.drop());

const pools = once(
  async () => {
    const { pool } = await database();
    return [pool({ options: OPTIONS }), pool({ options: OPTIONS })] as const;
  },
  // The database ends its pools.
  async () => {},
);

const clients = once(
  async () => {
    const { url } = await database();
    const open = (): Client => new Client({ connectionString: url, options: OPTIONS });
    const [one, other] = [open(), open()];
    await Promise.all([one.connect(), other.connect()]);
    return [one, other] as const;
  },
  async (opened) => {
    await Promise.all(opened.map((client) => client.end()));
  },
);

const pglite = once(
  () => PGlite.create(),
  (opened) => opened.close(),
);

/** On two clients, where there can be two. */
function on(
  connect: () => Promise<readonly [PostgresClient, PostgresClient?]>,
): StoreFactory["open"] {
  return async (clock: ManualClock = manualClock()) => {
    const [one, other] = await connect();
    await empty(one);
    const opened = [postgres(one)];
    const another = async (client: PostgresClient) => {
      const store = postgres(client);
      opened.push(store);
      return store;
    };
    return {
      store: opened[0] ?? postgres(one),
      clock,
      ...(other === undefined ? {} : { another: () => another(other) }),
      async close() {
        await Promise.all(opened.map((store) => store.close()));
      },
    };
  };
}

const onServer: readonly StoreFactory[] = [
  { name: "postgres pool", open: on(pools) },
  { name: "postgres client", open: on(clients) },
];

export const postgresStores: readonly StoreFactory[] = [
  ...(postgresAvailable ? onServer : []),
  { name: "pglite", open: on(async () => [await pglite()]) },
];
