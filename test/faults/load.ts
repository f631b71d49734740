import { PASSWORD } from "../support/demo.js";
import type { Entry } from "./log.js";
import type { Random } from "./random.js";
import type { Answer, Server } from "./servers.js";

const EMAILS = ["ada@example.com", "grace@example.com"];
/** Access tokens older than this are left alone: clocks may differ, and expiry is no sign-out. */
const FRESH = 30_000;
const ALIVE = 40;
const WORKERS = 6;

/** A sign-in of the driver's. */
export interface Client {
  readonly session: number;
  readonly userId: string;
  readonly id: string;
  access: string;
  refresh: string;
  /** When `access` was asked for. */
  issued: number;
  ending: boolean;
  /** One refresh at a time, as an honest client does. */
  refreshing: boolean;
}

/** A steady load of sign-ins, checks, refreshes and endings, and the log of all of it. */
export interface Load {
  readonly entries: Entry[];
  readonly clients: Client[];
  /** A client that nobody ends or refreshes from now on, for a fault to work on. */
  reserve(): Client | undefined;
  /** Resolves once `count` more requests have been answered. */
  after(count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startLoad(servers: readonly Server[], random: Random): Promise<Load> {
  const entries: Entry[] = [];
  const clients: Client[] = [];
  const waiting = new Set<() => void>();
  let stopped = false;
  let nextSession = 0;

  const server = (): Server => random.pick(servers);

  const note = (kind: Entry["kind"], at: Server, session: number, answer: Answer): void => {
    const { sent, done, status } = answer;
    entries.push({ kind, server: at.index, session, sent, done, status });
    for (const look of [...waiting]) look();
  };

  const signIn = async (): Promise<void> => {
    const email = random.pick(EMAILS);
    const answer = await server().ask("POST", "/auth/login", {
      body: { email, password: PASSWORD },
    });
    if (answer.status !== 200) return;
    const { user, tokens } = JSON.parse(answer.text);
    const access: string = tokens.accessToken.token;
    const payload = Buffer.from(access.split(".")[1] ?? "", "base64url").toString();
    clients.push({
      session: nextSession++,
      userId: user.id,
      id: JSON.parse(payload).sid,
      access,
      refresh: tokens.refreshToken.token,
      issued: answer.sent,
      ending: false,
      refreshing: false,
    });
  };

  const checkOne = async (client: Client): Promise<void> => {
    if (performance.now() - client.issued > FRESH) return;
    const at = server();
    note("check", at, client.session, await at.ask("GET", "/me", { token: client.access }));
  };

  const refreshOne = async (client: Client): Promise<void> => {
    if (client.refreshing) return;
    client.refreshing = true;
    const at = server();
    const answer = await at.ask("POST", "/auth/refresh", {
      body: { refreshToken: client.refresh },
    });
    client.refreshing = false;
    note("refresh", at, client.session, answer);
    if (answer.status !== 200) return;
    const { tokens } = JSON.parse(answer.text);
    client.access = tokens.accessToken.token;
    client.refresh = tokens.refreshToken.token;
    client.issued = answer.sent;
  };

  const endOne = async (client: Client): Promise<void> => {
    if (client.refreshing) return;
    client.ending = true;
    const at = server();
    const path = `/account/sessions/${client.id}`;
    note("revoke", at, client.session, await at.ask("DELETE", path, { token: client.access }));
  };

  const step = async (): Promise<void> => {
    const alive = clients.filter(({ ending }) => !ending);
    if (alive.length < ALIVE && random.below(100) < 40) return await signIn();
    const dice = random.below(100);
    const ended = clients.filter(({ ending }) => ending).slice(-20);
    const from = dice < 30 && ended.length > 0 ? ended : alive;
    if (from.length === 0) return await signIn();
    const client = random.pick(from);
    if (client.ending) return await (dice < 25 ? checkOne(client) : refreshOne(client));
    if (performance.now() - client.issued > FRESH || dice < 45) return await refreshOne(client);
    if (dice < 52 && alive.length > ALIVE / 2) return await endOne(client);
    await checkOne(client);
  };

  const work = async (): Promise<void> => {
    while (!stopped) await step();
  };
  const workers = Array.from({ length: WORKERS }, work);

  return {
    entries,
    clients,
    reserve() {
      const client = clients.find(({ ending, refreshing }) => !ending && !refreshing);
      // Nobody else ends it; checks of it go on, as of one that is over.
      if (client !== undefined) client.ending = true;
      return client;
    },
    after(count) {
      const until = entries.length + count;
      return new Promise((resolve) => {
        const look = (): void => {
          if (entries.length < until) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    },
    async stop() {
      stopped = true;
      await Promise.all(workers);
    },
  };
}
