import { createServer } from "node:http";
import type { TestProject } from "vitest/node";
import { listen, type RunningApp } from "./listen.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with the address of a Postgres for the whole run, which it starts for whoever asks first. */
    readonly postgresStarter: string;
    /** The same for a Chromium, to be given to Playwright's `connect`. */
    readonly chromiumStarter: string;
    /** Answers with a folder: the packed package, and a project that has installed it. */
    readonly packageInstaller: string;
  }
}

/** What a starter answers. */
export type Started = { readonly url: string } | { readonly error: string };

/** A server for the whole run. */
interface SharedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Servers that many test files share: one Postgres, in which each test takes a database, and one Chromium, in
 * which each takes a context; and a project that has installed the package, for each to copy. A run of tests that
 * need none starts none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startAtFirstUse(async () => {
    const { startCluster } = await import("./postgres-cluster.js");
    return await startCluster();
  });
  const chromium = await startAtFirstUse(async () => {
    const { startChromium } = await import("./chromium.js");
    return await startChromium();
  });
  const packed = await startAtFirstUse(async () => {
    const { packPackage } = await import("./packed-package.js");
    return await packPackage();
  });
  project.provide("packageInstaller", packed.url);
  project.provide("postgresStarter", postgres.url);
  project.provide("chromiumStarter", chromium.url);
  return async () => {
    await Promise.all([postgres.close(), chromium.close(), packed.close()]);
  };
}

/** A page that starts the server when it is first asked for, and tells everybody the address. */
async function startAtFirstUse(start: () => Promise<SharedServer>): Promise<RunningApp> {
  let starting: Promise<SharedServer> | undefined;
  const answer = async (): Promise<Started> => {
    starting ??= start();
    try {
      return { url: (await starting).url };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  const starter = createServer((_request, response) => {
    void answer().then((started) => response.end(JSON.stringify(started)));
  });
  const { url, close } = await listen(starter);
  return {
    url,
    async close() {
      await close();
      const started = await starting?.catch(() => undefined);
      await started?.stop();
    },
  };
}
