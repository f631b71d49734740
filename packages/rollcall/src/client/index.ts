import type { Client, ClientOptions, ListedSession, SignedOut } from "./client-api.js";
import { ClientError } from "./client-error.js";
import { createLive } from "./live.js";
import { page } from "./page.js";
import { createSender, json, type Refusal, refusalOf } from "./sender.js";
import { tabStorage } from "./tab-storage.js";
import { type Message, openTabs, type Tabs } from "./tabs.js";

export type {
  ApiKeyRequest,
  Client,
  ClientOptions,
  ListedApiKey,
  ListedSession,
  ListedSessions,
  SignedOut,
  SignInAnswer,
  StoredTokens,
  TokenStorage,
} from "./client-api.js";
export { ClientError, type RequiredAuthentication } from "./client-error.js";

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
  let base: URL;
  try {
    base = new URL(options.baseUrl ?? page?.URL ?? "");
  } catch {
    throw new TypeError("baseUrl must be an absolute URL");
  }
  if (!isBearer && options.storage) throw new TypeError('storage needs "bearer"');
  const list = `${account}/sessions`;

  const outs = new Set<(how: SignedOut) => void>();
  const changes = new Set<() => void>();
  // Not known at first. `onSignedOut` fires only after a sign-in was known.
  let isOut: boolean | undefined;

  // Each listener runs on its own, so one that throws does not stop the others.
  const hear = (message: Message): void => {
    shared.hear(message);
    if (message.kind === "changed") changes.forEach(queueMicrotask);
    if (message.kind === "in") {
      isOut = false;
      // A stream of the previous session would report the end of that one.
      live(false);
      listen();
    }
    if (message.kind === "out" && !isOut) {
      isOut = true;
      live(false);
      for (const listener of outs) queueMicrotask(() => listener(message.how));
    }
  };
  const tabs: Tabs = openTabs(`rollcall:${base.origin}${auth}:${transport}`, hear);
  const shared = tabStorage(tabs, isBearer);
  const storage = options.storage ?? shared;
  const ended = async (how: SignedOut): Promise<void> => {
    // Another tab may be signing in at this moment.
    if (isOut) return;
    await storage.write(null);
    tabs.tell({ kind: "out", how });
  };
  const endedHere = (reason: string): Promise<void> =>
    ended({ reason, by: { kind: "self", device: null } });

  const sender = createSender(base, auth, isBearer, storage, (known, how) => {
    // Other processes may have written to the storage.
    if (isBearer) isOut = !known;
    isOut ??= !known;
    return ended({
      reason: how?.reason ?? "unknown",
      by: how ? { kind: how.by, device: null } : null,
    });
  });
  const openStream = async (signal: AbortSignal): Promise<Response> => {
    const response = await sender.fetch(`${list}/events`, { signal });
    if (response.ok) isOut = false;
    return response;
  };
  const live = createLive(tabs, openStream, ended);
  const listen = (): void => live(outs.size + changes.size > 0);
  const add = <T>(listeners: Set<T>, listener: T): (() => void) => {
    listeners.add(listener);
    listen();
    return () => {
      listeners.delete(listener);
      listen();
    };
  };

  /** The JSON of the response; `null` for the 404 that means "no such session". */
  async function answerTo<T extends Wire>(sent: Promise<Response>): Promise<T>;
  async function answerTo(sent: Promise<Response | null>): Promise<Wire | null>;
  async function answerTo(sent: Promise<Response | null>): Promise<Wire | null> {
    const response = await sent.catch((cause: unknown) => {
      throw new ClientError("no answer", 0, null, { cause });
    });
    if (!response) return null;
    // A response that is not JSON, such as an HTML page, is an error whatever its status.
    const answer: (Wire & Refusal) | null = await response.json().catch(() => null);
    if (response.ok && answer) return answer;
    const { error = "", errorCode = null, sessionEnded: how, required } = answer ?? {};
    const sessionEnded = how && { ...how, at: new Date(how.at) };
    throw new ClientError(error, response.status, errorCode, { sessionEnded, required });
  }
  const call = (method: string, query: string): Promise<Wire | null> =>
    answerTo(sender.fetch(list + query, { method }));
  /** One session may be missing; a 404 to anything else is a wrong address. */
  const callOne = (id: string, init: RequestInit): Promise<Wire | null> =>
    answerTo(
      sender
        .fetch(`${list}/${encodeURIComponent(id)}`, init)
        .then((response) => (response.status === 404 ? null : response)),
    );

  return {
    fetch: sender.fetch,
    async signedIn(answer) {
      await sender.adopt(answer);
      tabs.tell({ kind: "in" });
    },
    async signOut() {
      const tokens = await storage.read();
      if (isBearer) {
        // Also in this tab. If nobody is signed in, there is nothing to report.
        isOut = !tokens;
        await endedHere("signed_out");
      }
      const was = isOut;
      // Ignore what the server or another tab reports about it in the meantime.
      isOut = true;
      try {
        const proved = sender.prove("/logout", tokens);
        // A refusal means that the session has already ended.
        await answerTo(proved.then(async (answer) => ((await refusalOf(answer)) ? null : answer)));
      } finally {
        // Unless there was a sign-in in the meantime.
        if (isOut) isOut = was;
      }
      // Without an answer of the server the cookies remain; its answer clears them.
      if (!isBearer) await endedHere("signed_out");
    },
    sessions: {
      async list({ limit = 100, cursor } = {}) {
        const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
        const page = await call("GET", `?limit=${limit}${from}`);
        isOut = false;
        return { ...page, sessions: (page?.sessions ?? []).map(toListed) };
      },
      revoke: async (id) => (await callOne(id, { method: "DELETE" })) !== null,
      revokeOthers: async () => (await call("DELETE", ""))?.revoked ?? 0,
      async revokeAll() {
        await call("DELETE", "?scope=all");
        await endedHere("revoke_all");
      },
      async rename(id, name) {
        const session = (await callOne(id, { ...json({ name }), method: "PATCH" }))?.session;
        return session ? toListed(session) : null;
      },
    },
    async createApiKey(request) {
      const sent = sender.fetch(`${account}/keys`, { ...json(request), method: "POST" });
      const key = await answerTo<WireKey>(sent);
      return { ...key, session: toListed(key.session) };
    },
    onSignedOut: (listener) => add(outs, listener),
    onSessionsChanged: (listener) => add(changes, listener),
    close() {
      outs.clear();
      changes.clear();
      live(false);
    },
  };
}

type Dates = "createdAt" | "lastUsedAt" | "expiresAt" | "authenticatedAt";

/** A session as JSON (contract §1.3). */
type WireSession = Omit<ListedSession, Dates> & Readonly<Record<Dates, string>>;

/** The fields of the responses; each route sends some of them. */
interface Wire {
  readonly sessions?: readonly WireSession[];
  readonly nextCursor?: string;
  readonly session?: WireSession;
  readonly token?: string;
  readonly revoked?: number;
}

/** A new API key. */
type WireKey = Required<Pick<Wire, "session" | "token">>;

function toListed(session: WireSession): ListedSession {
  return {
    ...session,
    createdAt: new Date(session.createdAt),
    lastUsedAt: new Date(session.lastUsedAt),
    expiresAt: new Date(session.expiresAt),
    authenticatedAt: new Date(session.authenticatedAt),
  };
}
