import pg from "pg";
import type { Sessions } from "rollcall";
import type { Cluster } from "../support/postgres-cluster.js";
import type { Account, Driver } from "./driver.js";
import type { Load } from "./load.js";
import { DRIVER } from "./log.js";
import type { Planned } from "./planned.js";
import type { Server } from "./servers.js";
import type { TcpProxy } from "./tcp-proxy.js";

/** What a fault may lay hands on. */
export interface Scene {
  readonly servers: readonly Server[];
  /** The servers that reach the database through the proxy. */
  readonly proxied: readonly number[];
  readonly cluster: Cluster;
  readonly proxy: TcpProxy;
  readonly driver: Driver;
  readonly load: Load;
  /** Whom nobody of the load signs in or out. */
  readonly reserved: Account;
  /** A manager of the driver's own on the same database, for transactions of the driver's. */
  readonly sessions: Sessions;
  /** Lets real time pass: a fault has to last, and there is no clock of all these processes. */
  wait(ms: number): Promise<void>;
}

/** A listener that was lost comes back after ten seconds at most, and has to connect then. */
const PATIENCE = 20_000;

/** Something that goes wrong, and what it excuses. */
export interface FaultKind {
  /** Does the damage and mends it. */
  act(scene: Scene, planned: Planned): Promise<void>;
  /** The servers that may be unable to answer. */
  disturbs(scene: Scene, planned: Planned): readonly number[];
  /** Whether writes on the other servers may wait for locks that it leaves behind. */
  readonly locks: boolean;
}

const all = ({ servers }: Scene): readonly number[] => servers.map(({ index }) => index);
const proxied = (scene: Scene): readonly number[] => scene.proxied;
const one = (_scene: Scene, { server }: Planned): readonly number[] => [server];
const none = (): readonly number[] => [];

function pick({ servers }: Scene, { server }: Planned): Server {
  const found = servers[server];
  if (found === undefined) throw new Error(`there is no server ${server}`);
  return found;
}

async function endListeners({ cluster, wait }: Scene): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  const late = performance.now() + PATIENCE;
  for (;;) {
    const { rowCount } = await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen %'",
    );
    if (rowCount !== 0) break;
    // A server that reaches the database again after the fault before need not listen again yet.
    if (performance.now() > late) throw new Error("nobody listened, so nobody could be cut off");
    await wait(50);
  }
  await client.end();
}

async function stallNetwork({ proxy, wait }: Scene, { lasting }: Planned): Promise<void> {
  proxy.stall();
  await wait(lasting);
  proxy.resume();
}

async function stallAndBreakNetwork({ proxy, wait }: Scene, { lasting }: Planned): Promise<void> {
  proxy.stall();
  // Not as long as the other: what counts here is how it ends.
  await wait(lasting / 3);
  proxy.cut();
  proxy.resume();
}

async function freezeServer(scene: Scene, planned: Planned): Promise<void> {
  const { process } = pick(scene, planned).demo();
  process.kill("SIGSTOP");
  await scene.wait(planned.lasting);
  process.kill("SIGCONT");
}

async function killServer(scene: Scene, planned: Planned): Promise<void> {
  const server = pick(scene, planned);
  await server.kill();
  await scene.wait(500);
  await server.start();
}

/** A transaction that ends a session and stays open while others commit and readers move on. */
async function openTransaction(
  scene: Scene,
  planned: Planned,
  end: "COMMIT" | "ROLLBACK",
): Promise<void> {
  const { driver, load, cluster, sessions, reserved, wait } = scene;
  const victim = await driver.signIn(pick(scene, planned), reserved);
  if (victim === null) throw new Error("the sign-in before the transaction failed");
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  try {
    await client.query("BEGIN");
    const user = { type: "user", id: victim.userId };
    const ended = await sessions.in(client).revoke(user, victim.id);
    if (ended === null) throw new Error("the transaction ended nothing");
    load.adopt(victim);
    await wait(planned.lasting);
    // Only from here on may anybody refuse it (contract §5.5).
    const sent = performance.now();
    await client.query(end);
    if (end === "ROLLBACK") return;
    const done = performance.now();
    const { session } = victim;
    const who = { kind: "revoke", server: DRIVER, user: reserved.number, session } as const;
    driver.entries.push({ ...who, sent, done, status: 200, goodUntil: null, about: [session] });
    load.haunt(victim, done);
  } finally {
    await client.end();
  }
}

/** All of them, by name. Clocks that differ are not among them: they differ all along. */
export const FAULTS: Readonly<Record<string, FaultKind>> = {
  "the database restarts": {
    act: ({ cluster }) => cluster.restart("fast"),
    disturbs: all,
    locks: true,
  },
  "the database crashes": {
    act: ({ cluster }) => cluster.restart("immediate"),
    disturbs: all,
    locks: true,
  },
  "the LISTEN connections are ended": { act: endListeners, disturbs: none, locks: false },
  "the network stalls": { act: stallNetwork, disturbs: proxied, locks: true },
  "the network stalls, then breaks": { act: stallAndBreakNetwork, disturbs: proxied, locks: true },
  "a server is frozen": { act: freezeServer, disturbs: one, locks: true },
  "a server is killed": { act: killServer, disturbs: one, locks: true },
  "a transaction that ends a session commits late": {
    act: (scene, planned) => openTransaction(scene, planned, "COMMIT"),
    disturbs: none,
    locks: true,
  },
  "a transaction that ends a session rolls back": {
    act: (scene, planned) => openTransaction(scene, planned, "ROLLBACK"),
    disturbs: none,
    locks: true,
  },
};
