import type { Client, ClientOptions, ListedSession, SignedOut } from "./client-api.js";
import { ClientError } from "./client-error.js";
import { createLive } from "./live.js";
import { page } from "./page.js";
import { createSender } from "./sender.js";
import { tabStorage } from "./tab-storage.js";
import { type Message, openTabs, type Tabs } from "./tabs.js";

export type {
  Client,
  ClientOptions,
  ListedSession,
  ListedSessions,
  SignedOut,
  SignInAnswer,
  StoredTokens,
  TokenStorage,
} from "./client-api.js";
export { ClientError } from "./client-error.js";

/**
 * Makes a client for the signed-in side of an application: browser pages, mobile and command-line
 * programs.
 *
 * @example
 * ```ts
 * import { createClient } from "rollcall/client";
 *
 * const client = createClient({ baseUrl: "https://app.example" });
 * client.onSignedOut(({ by }) => console.log("signed out from", by?.device ?? "here"));
 * const answer = await client.fetch("/orders");
 * const { sessions } = await client.sessions.list();
 * ```
 *
 * @throws TypeError naming the option at fault.
 */
export function createClient(options: ClientOptions = {}): Client {
  const { transport = page ? "cookie" : "bearer" } = options;
  const { account = "/account", auth = "/auth" } = options.paths ?? {};
  const isBearer = transport === "bearer";
  const baseUrl = `${options.baseUrl ?? page?.URL}`;
  if (!URL.canParse(baseUrl)) throw new TypeError("baseUrl must be an address");
  if (!isBearer && options.storage) throw new TypeError("storage needs transport bearer");
  const base = new URL(baseUrl);
  const list = `${account}/sessions`;

  const outs = new Set<(how: SignedOut) => void>();
  const changes = new Set<() => void>();
  // Not known at first. Whom nobody knew to be signed in, nobody is told to be signed out.
  let isOut: boolean | undefined;

  const hear = (message: Message): void => {
    shared.hear(message);
    const { kind } = message;
    if (kind === "changed") for (const listener of changes) listener();
    if (kind === "in") {
      // A stream of the session before would tell of that one's end.
      if (isOut === false) live.stop();
      isOut = false;
      listen();
    }
    if (kind === "out" && !isOut) {
      isOut = true;
      live.stop();
      for (const listener of outs) listener(message.how);
    }
  };
  const tabs: Tabs = openTabs(`rollcall:${base.origin}:${transport}`, hear);
  const shared = tabStorage(tabs, isBearer);
  const storage = options.storage ?? shared;
  const tell = (message: Message): void => {
    hear(message);
    tabs.tell(message);
  };
  /** `known`: somebody was signed in, whatever this tab has seen of it. */
  const ended = async (how: SignedOut, known = true): Promise<void> => {
    // Another tab may be signing in at this moment.
    if (isOut ?? !known) return;
    await storage.write(null);
    tell({ kind: "out", how });
  };
  const endedHere = (reason: string): Promise<void> =>
    ended({ reason, by: { kind: "self", device: null } });

  const sender = createSender({
    base,
    refreshUrl: new URL(`${auth}/refresh`, base),
    isBearer,
    storage,
    refused: (known) => ended({ reason: "unknown", by: null }, known),
  });
  const live = createLive({
    tabs,
    async fetch(signal) {
      const response = await sender.fetch(`${list}/events`, { signal });
      if (response.ok) isOut = false;
      return response;
    },
    changed: () => tell({ kind: "changed" }),
    ended,
  });
  const listen = (): void => {
    if (outs.size + changes.size > 0) live.start();
    else live.stop();
  };
  const add = <T>(listeners: Set<T>, listener: T): (() => void) => {
    listeners.add(listener);
    listen();
    return () => {
      listeners.delete(listener);
      listen();
    };
  };

  /** The answer's JSON; `null` for 404. */
  const call = async (method: string, path: string, body?: unknown): Promise<Wire | null> => {
    let response: Response;
    try {
      response = await sender.fetch(path, {
        method,
        ...(body === undefined
          ? {}
          : {
              redirect: "error",
              headers: { "Content-Type": "application/json" },
              body: JSON.stringify(body),
            }),
      });
    } catch (cause) {
      throw new ClientError("the server cannot be reached", 0, null, { cause });
    }
    const answer: Wire & Refusal = await response.json().catch(() => ({}));
    if (response.status === 404) return null;
    if (response.ok) return answer;
    const { error = "", errorCode = null } = answer;
    throw new ClientError(error, response.status, errorCode);
  };
  const at = (id: string): string => `${list}/${encodeURIComponent(id)}`;

  return {
    fetch: sender.fetch,
    async signedIn(answer) {
      await sender.adopt(answer);
      tell({ kind: "in" });
    },
    async signOut() {
      const was = isOut;
      // What the server or another tab tells of it meanwhile is no news here.
      isOut = true;
      try {
        await call("POST", `${auth}/logout`, await sender.proof()).finally(() => {
          isOut = was;
        });
      } catch (error) {
        // Cookies live on where the server could not be told, tokens are forgotten all the same.
        if (isBearer) await endedHere("signed_out");
        throw error;
      }
      await endedHere("signed_out");
    },
    sessions: {
      async list({ limit, cursor } = {}) {
        const query = new URLSearchParams(cursor === undefined ? {} : { cursor });
        if (limit !== undefined) query.set("limit", `${limit}`);
        const { sessions = [], ...rest } = (await call("GET", `${list}?${query}`)) ?? {};
        isOut = false;
        return { ...rest, sessions: sessions.map(toListed) };
      },
      revoke: async (id) => (await call("DELETE", at(id))) !== null,
      revokeOthers: async () => (await call("DELETE", list))?.revoked ?? 0,
      async revokeAll() {
        await call("DELETE", `${list}?scope=all`);
        await endedHere("revoke_all");
      },
      async rename(id, name) {
        const session = (await call("PATCH", at(id), { name }))?.session;
        return session === undefined ? null : toListed(session);
      },
    },
    onSignedOut: (listener) => add(outs, listener),
    onSessionsChanged: (listener) => add(changes, listener),
    close() {
      outs.clear();
      changes.clear();
      live.stop();
      tabs.close();
    },
  };
}

type Dates = "createdAt" | "lastUsedAt" | "expiresAt";

/** A session as it comes: CONTRACT 1. */
type WireSession = Omit<ListedSession, Dates> & Readonly<Record<Dates, string>>;

/** What the routes answer, each some of it. */
interface Wire {
  readonly sessions?: readonly WireSession[];
  readonly nextCursor?: string;
  readonly session?: WireSession;
  readonly revoked?: number;
}

interface Refusal {
  readonly error?: string;
  readonly errorCode?: string;
}

function toListed(session: WireSession): ListedSession {
  return {
    ...session,
    createdAt: new Date(session.createdAt),
    lastUsedAt: new Date(session.lastUsedAt),
    expiresAt: new Date(session.expiresAt),
  };
}
