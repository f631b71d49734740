import { createServer } from "node:http";
import type { TestProject } from "vitest/node";
import { listen } from "./listen.js";
import { type Cluster, startCluster } from "./postgres-cluster.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with the address of a Postgres for the whole run, which it starts for whoever asks first. */
    readonly postgresStarter: string;
  }
}

/** What the starter answers. */
export type StartedPostgres = { readonly url: string } | { readonly error: string };

/**
 * One Postgres for the whole run, in a temporary folder; each test takes a database in it. A run of tests that
 * need none starts none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<Cluster> | undefined;
  const start = async (): Promise<StartedPostgres> => {
    cluster ??= startCluster();
    try {
      return { url: (await cluster).url };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  const server = createServer((_request, response) => {
    void start().then((started) => response.end(JSON.stringify(started)));
  });
  const { url, close } = await listen(server);
  project.provide("postgresStarter", url);
  return async () => {
    await close();
    const started = await cluster?.catch(() => undefined);
    await started?.stop();
  };
}
