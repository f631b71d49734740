import pg from "pg";
import type { Sessions } from "../../src/core/sessions-api.js";
import type { Cluster } from "../support/postgres-cluster.js";
import type { Load } from "./load.js";
import type { Random } from "./random.js";
import type { Server } from "./servers.js";
import type { TcpProxy } from "./tcp-proxy.js";

/** What a fault may lay hands on. */
export interface Scene {
  readonly servers: readonly Server[];
  readonly cluster: Cluster;
  readonly proxy: TcpProxy;
  readonly load: Load;
  readonly random: Random;
  /** A manager of the driver's own on the same database, for transactions of the driver's. */
  readonly sessions: Sessions;
  /** Lets real time pass: a fault has to last, and there is no clock of all these processes. */
  wait(ms: number): Promise<void>;
}

/** Does the damage and mends it. */
export type FaultAction = (scene: Scene) => Promise<void>;

/** Longer than maxStaleness, so that the bound is put to the test. */
const LASTING = 3500;

async function restartDatabase({ cluster }: Scene): Promise<void> {
  await cluster.restart("fast");
}

async function crashDatabase({ cluster }: Scene): Promise<void> {
  await cluster.restart("immediate");
}

async function endListeners({ cluster }: Scene): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  const { rowCount } = await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen %'",
  );
  await client.end();
  if (rowCount === 0) throw new Error("nobody listened");
}

async function stallNetwork({ proxy, wait }: Scene): Promise<void> {
  proxy.stall();
  await wait(LASTING);
  proxy.resume();
}

async function freezeServer({ servers, random, wait }: Scene): Promise<void> {
  const { process } = random.pick(servers).demo();
  process.kill("SIGSTOP");
  await wait(LASTING);
  process.kill("SIGCONT");
}

async function killServer({ servers, random, wait }: Scene): Promise<void> {
  const server = random.pick(servers);
  await server.kill();
  await wait(500);
  await server.start();
}

/** A transaction that ends a session and stays open while others commit and readers move on. */
async function openTransaction(scene: Scene, end: "COMMIT" | "ROLLBACK"): Promise<void> {
  const { load, cluster, sessions } = scene;
  const reserved = load.reserve();
  if (reserved === undefined) return;
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  try {
    await client.query("BEGIN");
    const sent = performance.now();
    const user = { type: "user", id: reserved.userId };
    const ended = await sessions.in(client).revoke(user, reserved.id);
    await load.after(300);
    await client.query(end);
    const done = performance.now();
    if (end === "COMMIT" && ended?.revokedAt != null) {
      const { session } = reserved;
      load.entries.push({ kind: "revoke", server: -1, session, sent, done, status: 200 });
    }
  } finally {
    await client.end();
  }
}

/** All of them, by name. Clocks that differ are not among them: they differ all along. */
export const FAULTS: Readonly<Record<string, FaultAction>> = {
  "the database restarts": restartDatabase,
  "the database crashes": crashDatabase,
  "the LISTEN connections are ended": endListeners,
  "the network stalls": stallNetwork,
  "a server is frozen": freezeServer,
  "a server is killed": killServer,
  "a transaction that ends a session commits late": (scene) => openTransaction(scene, "COMMIT"),
  "a transaction that ends a session rolls back": (scene) => openTransaction(scene, "ROLLBACK"),
};
