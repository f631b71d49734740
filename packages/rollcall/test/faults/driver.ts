import { PASSWORD } from "../support/demo.js";
import { type Entry, NOBODY } from "./log.js";
import type { Answer, Server } from "./servers.js";

/** Somebody who signs in. */
export interface Account {
  readonly number: number;
  readonly email: string;
}

/** A sign-in of the driver's, with the newest tokens it was given. */
export interface Client {
  readonly session: number;
  readonly account: Account;
  readonly userId: string;
  readonly id: string;
  access: string;
  refresh: string;
  /** Until when `access` is good by the clock of every server. */
  goodUntil: number;
  /** Somebody began to end it, or it was refused. */
  over: boolean;
  /** One refresh at a time, as an honest client does. */
  refreshing: boolean;
}

/** Asks servers on behalf of clients, and writes down what was asked and answered. */
export interface Driver {
  readonly entries: Entry[];
  signIn(at: Server, account: Account): Promise<Client | null>;
  check(at: Server, client: Client): Promise<Entry>;
  list(at: Server, client: Client): Promise<Entry>;
  refresh(at: Server, client: Client): Promise<Entry>;
  revoke(at: Server, client: Client, target: Client): Promise<Entry>;
  revokeOthers(at: Server, client: Client): Promise<Entry>;
  everywhere(at: Server, client: Client): Promise<Entry>;
}

/** `skew`: by how much the clock of a server may be ahead, in milliseconds. */
export function createDriver(skew: number): Driver {
  const entries: Entry[] = [];
  const numbers = new Map<string, number>();

  const write = (entry: Entry): Entry => {
    entries.push(entry);
    return entry;
  };

  const note = (
    kind: Entry["kind"],
    at: Server,
    { session, account }: Client,
    { sent, done, status }: Answer,
    rest: Partial<Pick<Entry, "goodUntil" | "about">> = {},
  ): Entry => {
    const who = { kind, server: at.index, user: account.number, session };
    return write({ ...who, sent, done, status, goodUntil: null, about: [], ...rest });
  };

  /** When a token runs out, on the driver's monotonic clock. */
  const goodUntil = (access: string): number => {
    const exp: unknown = payloadOf(access)["exp"];
    // The server takes milliseconds, the token whole seconds, and 100 ms are for the clocks here.
    return Number(exp) * 1000 - performance.timeOrigin - skew - 100;
  };

  const withAccess = async (
    kind: Entry["kind"],
    at: Server,
    client: Client,
    [method, path]: readonly [method: string, path: string],
    about: readonly number[] = [],
  ): Promise<Entry> => {
    const { access: token, goodUntil } = client;
    return note(kind, at, client, await at.ask(method, path, { token }), { goodUntil, about });
  };

  return {
    entries,
    async signIn(at, account) {
      const body = { email: account.email, password: PASSWORD };
      const { sent, done, status, text } = await at.ask("POST", "/auth/login", { body });
      const common = { sent, done, status, goodUntil: null, about: [] };
      const who = { kind: "sign-in", server: at.index, user: account.number } as const;
      if (status !== 200) {
        write({ ...who, ...common, session: NOBODY });
        return null;
      }
      const { user, tokens } = JSON.parse(text);
      const access: string = tokens.accessToken.token;
      const id = String(payloadOf(access)["sid"]);
      const session = numbers.size;
      numbers.set(id, session);
      write({ ...who, ...common, session });
      return {
        session,
        account,
        userId: user.id,
        id,
        access,
        refresh: tokens.refreshToken.token,
        goodUntil: goodUntil(access),
        over: false,
        refreshing: false,
      };
    },
    check: (at, client) => withAccess("check", at, client, ["GET", "/me"]),
    async list(at, client) {
      const { access: token, goodUntil } = client;
      const answer = await at.ask("GET", "/account/sessions", { token });
      if (answer.status !== 200) return note("list", at, client, answer, { goodUntil });
      const { sessions }: { sessions: { id: string }[] } = JSON.parse(answer.text);
      // Sessions whose sign-in was not answered are nobody's here.
      const about = sessions.flatMap(({ id }) => numbers.get(id) ?? []);
      return note("list", at, client, answer, { goodUntil, about });
    },
    async refresh(at, client) {
      client.refreshing = true;
      const body = { refreshToken: client.refresh };
      const answer = await at.ask("POST", "/auth/refresh", { body });
      client.refreshing = false;
      if (answer.status === 200) {
        const { tokens } = JSON.parse(answer.text);
        client.access = tokens.accessToken.token;
        client.refresh = tokens.refreshToken.token;
        client.goodUntil = goodUntil(client.access);
      }
      return note("refresh", at, client, answer);
    },
    revoke(at, client, target) {
      const route =
        client === target
          ? (["POST", "/auth/logout"] as const)
          : (["DELETE", `/account/sessions/${target.id}`] as const);
      return withAccess("revoke", at, client, route, [target.session]);
    },
    revokeOthers: (at, client) =>
      withAccess("revoke-others", at, client, ["DELETE", "/account/sessions"]),
    everywhere: (at, client) =>
      withAccess("everywhere", at, client, ["POST", "/account/logout-everywhere"]),
  };
}

function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
