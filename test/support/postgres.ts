import { randomUUID } from "node:crypto";
import { Client, Pool, type PoolConfig } from "pg";
import { inject } from "vitest";

const server = inject("postgresUrl");

/** Whether there is a Postgres for this run; `describe.skipIf(!postgresAvailable)`. */
export const postgresAvailable: boolean = server !== null;

/** A database for one test, or one file of tests. */
export interface TestDatabase {
  readonly url: string;
  /** A new pool on it; ended by `drop`. */
  pool(options?: PoolConfig): Pool;
  /** Ends its pools and removes it, whoever else may be connected. */
  drop(): Promise<void>;
}

async function administer(statement: string): Promise<void> {
  if (server === null) throw new Error("there is no Postgres: check postgresAvailable first");
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Creates an empty database. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer(`create database ${name}`);
  const address = new URL(server ?? "");
  address.pathname = `/${name}`;
  const url = address.href;
  const pools: Pool[] = [];
  return {
    url,
    pool(options = {}) {
      const pool = new Pool({ connectionString: url, ...options });
      // Tests end connections on purpose.
      pool.on("error", () => {});
      pools.push(pool);
      return pool;
    },
    async drop() {
      await Promise.all(pools.map((pool) => (pool.ending ? undefined : pool.end())));
      await administer(`drop database ${name} with (force)`);
    },
  };
}
