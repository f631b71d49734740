import pg from "pg";
import { createSessions } from "rollcall";
import { postgres } from "rollcall/postgres";
import { dataFolder } from "../support/demo.js";
import { startCluster } from "../support/postgres-cluster.js";
import { missingSigns } from "./checker.js";
import { createDriver, type Driver } from "./driver.js";
import { FAULTS, type Scene } from "./faults.js";
import { startLoad } from "./load.js";
import type { Fault, Log } from "./log.js";
import type { Planned } from "./planned.js";
import { createRandom } from "./random.js";
import { type Server, startServer } from "./servers.js";
import { startTcpProxy } from "./tcp-proxy.js";

const SECRET = "a secret for the servers of a fault run";
/** Short, so that tokens run out and revocations are forgotten while a long run lasts. */
const ACCESS_TOKEN_TTL = "20s";
/** Two clocks differ by 5 s; two servers reach the database through the proxy. */
export const SERVERS = [
  { shift: 0, proxied: false },
  { shift: 2500, proxied: false },
  { shift: -2500, proxied: true },
  { shift: 0, proxied: true },
] as const;
const USERS = 6;
/** What the servers have to show that they live. The checker says so when they didn't. */
const PATIENCE = 10_000;

export interface RunOptions {
  readonly seed: number;
  readonly schedule: readonly Planned[];
  readonly maxStaleness: number;
  /** What the servers are left to recover, before what is unavailable is held against them. */
  readonly recovery: number;
  readonly say: (line: string) => void;
}

/** Four servers on one database under load, with one fault after another. */
export async function faultRun(options: RunOptions): Promise<Log> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  try {
    return await run(options, cleanUp);
  } finally {
    for (const step of cleanUp.reverse()) {
      await step().catch((error: unknown) => options.say(`while cleaning up: ${error}`));
    }
  }
}

async function run(options: RunOptions, cleanUp: (() => Promise<unknown>)[]): Promise<Log> {
  const { seed, schedule, maxStaleness, recovery, say } = options;
  const cluster = await startCluster();
  cleanUp.push(() => cluster.stop());
  const proxy = await startTcpProxy(cluster.port);
  cleanUp.push(() => proxy.close());
  const servers = await startServers(cluster.url, proxy.port, cleanUp);
  const pool = new pg.Pool({ connectionString: cluster.url });
  pool.on("error", () => {});
  cleanUp.push(() => pool.end());
  const sessions = createSessions({ store: postgres(pool, { listen: false }), secret: SECRET });
  cleanUp.push(() => sessions.close());
  const [reserved, ...accounts] = await addUsers(pool);
  if (reserved === undefined) throw new Error("no users were added");

  const driver = createDriver(Math.max(...SERVERS.map(({ shift }) => shift)));
  const load = startLoad({ servers, accounts, driver, random: createRandom(~seed), maxStaleness });
  cleanUp.push(() => load.stop());
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const proxied = SERVERS.flatMap((server, index) => (server.proxied ? [index] : []));
  const scene: Scene = {
    ...{ servers, proxied, cluster, proxy, driver, load, reserved, sessions, wait },
  };
  const faults: Fault[] = [];
  await alive(scene, performance.now());
  const started = performance.now();
  for (const planned of schedule) {
    const kind = FAULTS[planned.name];
    if (kind === undefined) throw new Error(`there is no fault "${planned.name}"`);
    const from = performance.now();
    say(`${((from - started) / 1000).toFixed(0).padStart(3)} s: ${planned.name}`);
    await kind.act(scene, planned);
    const disturbed = kind.disturbs(scene, planned);
    const { name } = planned;
    faults.push({ name, from, to: performance.now(), servers: disturbed, locks: kind.locks });
    if (disturbed.length > 0) await wait(recovery);
    await alive(scene, performance.now());
  }
  await load.stop();
  return { servers: servers.length, entries: driver.entries, faults };
}

/** Users come with a password that is known already, since hashing one takes a while. */
async function addUsers(pool: pg.Pool): Promise<{ number: number; email: string }[]> {
  const users = Array.from({ length: USERS + 1 }, (_, number) => ({
    number,
    email: `user-${number}@example.com`,
  }));
  await pool.query(
    `INSERT INTO demo_users (id, email, password_hash)
     SELECT gen_random_uuid()::text, added.email, known.password_hash
     FROM unnest($1::text[]) AS added (email), demo_users AS known
     WHERE known.email = 'ada@example.com'`,
    [users.map(({ email }) => email)],
  );
  return users;
}

async function startServers(
  direct: string,
  port: number,
  cleanUp: (() => Promise<unknown>)[],
): Promise<readonly Server[]> {
  const through = new URL(direct);
  through.port = String(port);
  const common = {
    ROLLCALL_DATA: await dataFolder(),
    ROLLCALL_SECRET: SECRET,
    ROLLCALL_ACCESS_TOKEN_TTL: ACCESS_TOKEN_TTL,
  };
  const servers: Server[] = [];
  for (const [index, { shift, proxied }] of SERVERS.entries()) {
    const environment = { ...common, DATABASE_URL: proxied ? through.href : direct };
    const server = await startServer(index, { environment, shift });
    cleanUp.push(() => server.kill());
    servers.push(server);
  }
  return servers;
}

/** Waits until each server has answered what was sent later than `since`, within reason. */
async function alive({ servers, driver, wait }: Scene, since: number): Promise<void> {
  const late = performance.now() + PATIENCE;
  while (performance.now() < late && !haveAnswered(servers.length, driver, since)) await wait(50);
}

function haveAnswered(servers: number, { entries }: Driver, since: number): boolean {
  const span = { servers, since, until: Number.POSITIVE_INFINITY };
  return missingSigns(entries.slice(-2000), span).length === 0;
}
