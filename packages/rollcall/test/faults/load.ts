import type { Account, Client, Driver } from "./driver.js";
import type { Entry } from "./log.js";
import type { Random } from "./random.js";
import type { Server } from "./servers.js";

/** Requests are begun this often, whoever answers or doesn't; in milliseconds. */
const PACE = 11;
/** Sessions that are kept alive. */
const ALIVE = 36;
/** After so many requests somebody ends all of their sessions, or all others. */
const MANY = 300;
/** Requests that may be under way at one server: one that is silent must not take all of them. */
const MOST_AT_ONCE = 40;
/** Signing in costs a password hash, so few at once. */
const MOST_SIGN_INS = 2;
/** How long after its end a session is asked for most often. */
const RECENT = 6000;
/** So many of those that ended are still tried. */
const REMEMBERED = 300;

/** A steady load of sign-ins, checks, lists, refreshes and endings. */
export interface Load {
  /** Lets the load check, list and refresh a client that nobody of the load ends. */
  adopt(client: Client): void;
  /** An end was acknowledged: every server is asked at once, and again as soon as it must refuse. */
  haunt(client: Client, acknowledged: number): void;
  stop(): Promise<void>;
}

interface LoadOptions {
  readonly servers: readonly Server[];
  readonly accounts: readonly Account[];
  readonly driver: Driver;
  readonly random: Random;
  readonly maxStaleness: number;
}

export function startLoad(options: LoadOptions): Load {
  const { servers, accounts, driver, random, maxStaleness } = options;
  let living: Client[] = [];
  let adopted: Client[] = [];
  let ghosts: { readonly client: Client; readonly since: number }[] = [];
  let signingIn = 0;
  const underWay = new Set<Promise<unknown>>();
  const pending = servers.map(() => 0);
  const timers = new Set<NodeJS.Timeout>();

  const begin = (server: Server, request: () => Promise<unknown>): void => {
    const busy = pending[server.index] ?? 0;
    if (busy >= MOST_AT_ONCE) return;
    pending[server.index] = busy + 1;
    const running = request().finally(() => {
      pending[server.index] = (pending[server.index] ?? 1) - 1;
      underWay.delete(running);
    });
    underWay.add(running);
  };

  /** From now on it is asked about as one that is over. */
  const bury = (client: Client): void => {
    client.over = true;
    if (![...living, ...adopted].includes(client)) return;
    living = living.filter((other) => other !== client);
    adopted = adopted.filter((other) => other !== client);
    ghosts = [...ghosts.slice(-REMEMBERED), { client, since: performance.now() }];
  };

  const haunt = (client: Client, acknowledged: number): void => {
    bury(client);
    for (const server of servers) {
      const ask = (): void => begin(server, () => driver.check(server, client));
      ask();
      const after = acknowledged + maxStaleness + 5 - performance.now();
      const timer = setTimeout(() => {
        timers.delete(timer);
        ask();
      }, after);
      timers.add(timer);
    }
  };

  /** Whoever was refused is not asked on, as if alive; the checker decides whether it was right. */
  const learn = (client: Client, { status, goodUntil, done }: Entry): void => {
    const hasRunOut = goodUntil !== null && done > goodUntil;
    if (status === 401 && !hasRunOut && !client.over) bury(client);
  };

  const signIn = async (server: Server): Promise<void> => {
    signingIn += 1;
    const client = await driver.signIn(server, random.pick(accounts));
    signingIn -= 1;
    if (client !== null) living.push(client);
  };

  const end = async (server: Server, client: Client): Promise<void> => {
    const siblings = living.filter(({ account }) => account === client.account);
    const target = random.pick(siblings);
    target.over = true;
    const entry = await driver.revoke(server, client, target);
    if (entry.status === 200) haunt(target, entry.done);
    // Whether it is over is not known: it is neither one that lives nor one that must be refused.
    else bury(target);
    learn(client, entry);
  };

  const endMany = async (server: Server, client: Client, others: boolean): Promise<void> => {
    const victims = living.filter(
      (one) => one.account === client.account && !(others && one === client),
    );
    const entry = await (others
      ? driver.revokeOthers(server, client)
      : driver.everywhere(server, client));
    learn(client, entry);
    if (entry.status !== 200) return;
    for (const victim of victims) haunt(victim, entry.done);
  };

  /** Who gets no answer tries elsewhere at once, and soon again: nobody may hold that against it. */
  const refresh = async (server: Server, client: Client): Promise<void> => {
    let entry = await driver.refresh(server, client);
    const failed = entry.status === 503 || entry.status === 0;
    for (let tries = failed ? 2 : 0; tries > 0 && entry.status !== 401; tries -= 1) {
      entry = await driver.refresh(random.pick(servers), client);
    }
    learn(client, entry);
  };

  const use = async (server: Server, client: Client): Promise<void> => {
    const dice = random.below(1000);
    if ((client.goodUntil < performance.now() || dice < 100) && !client.refreshing) {
      return await refresh(server, client);
    }
    if (dice < 150) return learn(client, await driver.list(server, client));
    if (dice < 965 || adopted.includes(client)) {
      return learn(client, await driver.check(server, client));
    }
    await end(server, client);
  };

  const useGhost = async (server: Server): Promise<void> => {
    const now = performance.now();
    const recent = ghosts.filter(({ since }) => now - since < RECENT);
    const from = recent.length > 0 && random.below(3) > 0 ? recent : ghosts;
    const { client } = random.pick(from);
    if (random.below(5) > 0) await driver.check(server, client);
    else if (!client.refreshing) await driver.refresh(server, client);
  };

  let steps = 0;
  const step = (): void => {
    steps += 1;
    const server = random.pick(servers);
    // By number and not by chance, so that no run goes without.
    if (steps % MANY === 0 && living.length > 0) {
      const client = random.pick(living);
      begin(server, () => endMany(server, client, steps % (2 * MANY) === 0));
      return;
    }
    begin(server, async () => {
      const dice = random.below(100);
      if (living.length + signingIn < ALIVE && signingIn < MOST_SIGN_INS && dice < 15) {
        return await signIn(server);
      }
      if (dice < 35 && ghosts.length > 0) return await useGhost(server);
      const clients = [...living, ...adopted].filter(({ over }) => !over);
      if (clients.length > 0) await use(server, random.pick(clients));
    });
  };
  const pace = setInterval(step, PACE);

  return {
    adopt(client) {
      adopted.push(client);
    },
    haunt,
    async stop() {
      clearInterval(pace);
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(underWay);
    },
  };
}
