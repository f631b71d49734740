import pg from "pg";
import { createSessions } from "../../src/core/create-sessions.js";
import { postgres } from "../../src/stores/postgres/index.js";
import { dataFolder } from "../support/demo.js";
import { startCluster } from "../support/postgres-cluster.js";
import { FAULTS, type Scene } from "./faults.js";
import { startLoad } from "./load.js";
import type { Fault, Log } from "./log.js";
import { createRandom } from "./random.js";
import { type Server, startServer } from "./servers.js";
import { startTcpProxy } from "./tcp-proxy.js";

const SECRET = "a secret for the servers of a fault run";
/** Requests between one fault and the next, so that the servers have recovered and shown it. */
const QUIET = 400;
/** Two clocks differ by 5 s; two servers reach the database through the proxy. */
const SERVERS = [
  { shift: 0, proxied: false },
  { shift: 2500, proxied: false },
  { shift: -2500, proxied: true },
  { shift: 0, proxied: true },
] as const;

export interface RunTerms {
  readonly seed: number;
  /** How often each fault happens. */
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** Four servers on one database under load, with one fault after another. */
export async function faultRun({ seed, rounds, say }: RunTerms): Promise<Log> {
  const random = createRandom(seed);
  const cluster = await startCluster();
  const proxy = await startTcpProxy(cluster.port);
  const folder = await dataFolder();
  const servers: Server[] = [];
  const through = new URL(cluster.url);
  through.port = String(proxy.port);
  for (const [index, { shift, proxied }] of SERVERS.entries()) {
    const environment = {
      ROLLCALL_DATA: folder,
      ROLLCALL_SECRET: SECRET,
      DATABASE_URL: proxied ? through.href : cluster.url,
    };
    servers.push(await startServer(index, { environment, shift }));
  }
  const pool = new pg.Pool({ connectionString: cluster.url });
  pool.on("error", () => {});
  const sessions = createSessions({ store: postgres(pool, { listen: false }), secret: SECRET });
  const load = await startLoad(servers, random);
  const scene: Scene = {
    servers,
    cluster,
    proxy,
    load,
    random,
    sessions,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
  const faults: Fault[] = [];
  try {
    await load.after(QUIET);
    for (const name of schedule(rounds, random)) {
      say(name);
      const from = performance.now();
      await FAULTS[name]?.(scene);
      faults.push({ name, from, to: performance.now() });
      await load.after(QUIET);
    }
  } finally {
    await load.stop();
    for (const server of servers) await server.kill();
    await sessions.close();
    await pool.end();
    await proxy.close();
    await cluster.stop();
  }
  say(`${load.entries.length} requests, ${load.clients.length} sessions`);
  return { entries: load.entries, faults };
}

/** Each fault in each round, in an order of chance. */
function schedule(rounds: number, random: ReturnType<typeof createRandom>): string[] {
  return Array.from({ length: rounds }, () => {
    const names = Object.keys(FAULTS);
    return Array.from({ length: names.length }, () =>
      names.splice(random.below(names.length), 1),
    ).flat();
  }).flat();
}
