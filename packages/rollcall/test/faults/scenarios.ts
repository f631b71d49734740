import pg from "pg";
import { createSessions } from "rollcall";
import { postgres } from "rollcall/postgres";
import { onTestFinished } from "vitest";
import { dataFolder } from "../support/demo.js";
import { createDatabase } from "../support/postgres.js";
import { check, type Violation } from "./checker.js";
import { type Client, createDriver, type Driver } from "./driver.js";
import { DRIVER } from "./log.js";
import { type Server, startServer } from "./servers.js";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.js";

/** Short ones, so that a scenario takes little time. */
const BOUND = 1000;
/** Long, so that only what never comes is given up. */
const PATIENCE = 60_000;
const SECRET = "a secret for the servers of a broken build";
const ADA = { number: 0, email: "ada@example.com" };

/** Servers of a build, and what they did wrong: a scenario that must show one thing. */
export type Scenario = (main: string) => Promise<readonly Violation["rule"][]>;

interface Stage {
  readonly url: string;
  readonly proxy: TcpProxy;
  readonly driver: Driver;
  /** `shift`: by how much its clock is wrong. */
  start(index: number, options?: { proxied?: boolean; shift?: number }): Promise<Server>;
  signIn(at: Server): Promise<Client>;
  /** Until it is acknowledged: what is not has proven nothing when it goes on. */
  signOut(at: Server, client: Client): Promise<void>;
  /** What the checker finds; all that is unavailable is excused, since nothing here recovers. */
  rules(): readonly Violation["rule"][];
}

async function stage(main: string, environment: Record<string, string> = {}): Promise<Stage> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const proxy = await startTcpProxy(Number(new URL(database.url).port));
  onTestFinished(() => proxy.close());
  const through = new URL(database.url);
  through.port = String(proxy.port);
  const common = {
    ROLLCALL_DATA: await dataFolder(),
    ROLLCALL_SECRET: SECRET,
    ROLLCALL_MAX_STALENESS: `${BOUND}ms`,
    ROLLCALL_STORE_TIMEOUT: `${BOUND}ms`,
    ...environment,
  };
  const driver = createDriver(0);
  return {
    url: database.url,
    proxy,
    driver,
    start: (index, { proxied = false, shift = 0 } = {}) =>
      startServer(index, {
        environment: { ...common, DATABASE_URL: proxied ? through.href : database.url },
        options: { main },
        shift,
      }),
    async signIn(at) {
      return await until(() => driver.signIn(at, ADA));
    },
    async signOut(at, client) {
      await until(async () => (await driver.revoke(at, client, client)).status === 200);
    },
    rules() {
      const outage = { name: "all of it", from: 0, to: Number.POSITIVE_INFINITY };
      const faults = [{ ...outage, servers: [0, 1], locks: true }];
      const options = { maxStaleness: BOUND, recovery: 0, afterlife: 0 };
      const found = check({ servers: 0, entries: driver.entries, faults }, options);
      return [...new Set(found.map(({ rule }) => rule))];
    },
  };
}

/** What is answered 503 on a busy machine, where storeTimeout is short, is asked again. */
async function until<T>(ask: () => Promise<T | false | null>): Promise<T> {
  const late = performance.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (performance.now() > late) throw new Error("the server never gave the answer");
  }
}

/** Asks a server on and on, until well past the bound. */
async function askPastBound(driver: Driver, at: Server, client: Client): Promise<void> {
  const until = performance.now() + BOUND + 300;
  while ((await driver.check(at, client)).sent < until);
}

/** A session ends at one server while another hears nothing from the database. */
export const endedBehindStalledNetwork: Scenario = async (main) => {
  const { start, signIn, signOut, driver, proxy, rules } = await stage(main);
  const [here, there] = [await start(0), await start(1, { proxied: true })];
  const client = await signIn(here);
  await driver.check(there, client);
  proxy.stall();
  await signOut(here, client);
  await askPastBound(driver, there, client);
  proxy.resume();
  return rules();
};

/** A session ends at one server while another is asked about it. */
export const endedElsewhere: Scenario = async (main) => {
  const { start, signIn, signOut, driver, rules } = await stage(main);
  const [here, there] = [await start(0), await start(1)];
  const client = await signIn(here);
  await driver.check(there, client);
  await signOut(here, client);
  await askPastBound(driver, there, client);
  return rules();
};

/** A session ends in a transaction that commits when the server has long read what came later. */
export const committedLate: Scenario = async (main) => {
  const { url, start, signIn, signOut, driver, rules } = await stage(main);
  const [here, there] = [await start(0), await start(1)];
  const [client, other] = [await signIn(here), await signIn(here)];
  await driver.check(there, client);

  const pool = new pg.Pool({ connectionString: url, max: 1 });
  onTestFinished(() => pool.end());
  const sessions = createSessions({ store: postgres(pool, { listen: false }), secret: SECRET });
  onTestFinished(() => sessions.close());
  const transaction = new pg.Client({ connectionString: url });
  await transaction.connect();
  onTestFinished(() => transaction.end());
  await transaction.query("BEGIN");
  await sessions.in(transaction).revoke({ type: "user", id: client.userId }, client.id);

  // Whoever refuses the other one has read what was committed after the transaction began.
  await signOut(here, other);
  await until(async () => (await driver.check(there, other)).status === 401);

  const sent = performance.now();
  await transaction.query("COMMIT");
  const done = performance.now();
  const who = {
    kind: "revoke",
    server: DRIVER,
    user: ADA.number,
    session: client.session,
  } as const;
  const about = [client.session];
  driver.entries.push({ ...who, sent, done, status: 200, goodUntil: null, about });
  await askPastBound(driver, there, client);
  return rules();
};

/** A server whose clock is behind starts when the token has run out by everybody else's. */
export const startedLate: Scenario = async (main) => {
  const options = { ROLLCALL_ACCESS_TOKEN_TTL: "2s", ROLLCALL_RETRY_WINDOW: "1s" };
  const { start, signIn, signOut, driver, rules } = await stage(main, options);
  const here = await start(0);
  const client = await signIn(here);
  await signOut(here, client);
  // The token says whole seconds, so the row may say up to one more.
  while ((await driver.check(here, client)).sent < client.goodUntil + 1500);
  // So far behind that a start which takes long on a busy machine still finds the token good.
  const behind = await start(1, { shift: -40_000 });
  // On a busy machine it may not know enough yet to answer.
  while ((await driver.check(behind, client)).status === 503);
  return rules();
};

/** The database is out of reach of a server that is asked about a session that nobody ended. */
export const outOfReach: Scenario = async (main) => {
  const { start, signIn, driver, proxy, rules } = await stage(main);
  const there = await start(0, { proxied: true });
  const client = await signIn(there);
  proxy.stall();
  while ((await driver.check(there, client)).status === 200);
  await driver.refresh(there, client);
  proxy.resume();
  return rules();
};
