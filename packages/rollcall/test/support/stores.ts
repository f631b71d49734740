import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import type { SessionStore } from "rollcall";
import { memory, memoryDatabase } from "rollcall/memory";
import { sqlite } from "rollcall/sqlite";
import { manualClock } from "rollcall/testing";
import { postgresStores } from "./postgres-stores.js";
import type { OpenStore, StoreFactory } from "./store-factory.js";

async function openMemory(clock = manualClock()): Promise<OpenStore> {
  const database = memoryDatabase();
  const store = memory(database);
  return { store, clock, another: async () => memory(database), close: () => store.close() };
}

async function openSqliteInMemory(clock = manualClock()): Promise<OpenStore> {
  const database = new Database(":memory:");
  const store = sqlite(database);
  await store.migrate();
  return {
    store,
    clock,
    async close() {
      await store.close();
      database.close();
    },
  };
}

async function openSqliteFile(clock = manualClock()): Promise<OpenStore> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-"));
  const opened: { store: SessionStore; database: Database.Database }[] = [];
  const open = async (): Promise<SessionStore> => {
    const database = new Database(join(folder, "sessions.db"));
    // Nothing in these tests survives a power failure, so none of them waits for the disk.
    const store = sqlite(database, { synchronous: "normal" });
    opened.push({ store, database });
    return store;
  };
  const store = await open();
  await store.migrate();
  return {
    store,
    clock,
    another: open,
    async close() {
      for (const { store, database } of opened) {
        await store.close();
        database.close();
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const stores: readonly StoreFactory[] = [
  { name: "memory", open: openMemory },
  { name: "sqlite :memory:", open: openSqliteInMemory },
  { name: "sqlite file", open: openSqliteFile },
  ...postgresStores,
];
