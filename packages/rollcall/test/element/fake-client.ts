import type { Client, ListedSession, SignedOut } from "rollcall/client";
import { sampleKey } from "./sample-sessions.js";

/** How the fake server answers the next call of a kind. */
export type Answer =
  | "ok"
  | "hang"
  | "offline"
  | "forbidden"
  | "throttled"
  | "broken"
  | "fresh"
  | "refused";

/** A `Client` for a page without a server: the test holds its strings. */
export interface FakeClient extends Client {
  sessionsNow: ListedSession[];
  /** For every call of a kind until it is set anew. */
  readonly answers: Record<"list" | "revoke" | "rename" | "signOut" | "create", Answer>;
  readonly calls: string[];
  /** Answers what hangs. */
  release(): void;
  changed(): void;
  end(how: SignedOut): void;
  readonly followers: { changes: number; ends: number };
  closed: boolean;
}

/** As far away as dates go. */
const NEVER = new Date(8.64e15);

const FAILURES: Readonly<Record<Exclude<Answer, "ok" | "hang">, readonly [number, string | null]>> =
  {
    offline: [0, null],
    forbidden: [401, "EC002"],
    throttled: [429, "EC004"],
    broken: [500, "EC000"],
    fresh: [403, "EC006"],
    refused: [403, "EC003"],
  };

export function createFakeClient(sessions: readonly ListedSession[]): FakeClient {
  const changeListeners = new Set<() => void>();
  const endListeners = new Set<(how: SignedOut) => void>();
  const waiting: (() => void)[] = [];

  const answer = async (kind: keyof FakeClient["answers"], call: string): Promise<void> => {
    fake.calls.push(call);
    const how = fake.answers[kind];
    if (how === "ok") return;
    if (how === "hang") return await new Promise((resolve) => waiting.push(resolve));
    const [status, errorCode] = FAILURES[how];
    const required = how === "fresh" ? { maxAge: 600 } : null;
    throw Object.assign(new Error(how), { name: "ClientError", status, errorCode, required });
  };
  const end = (how: SignedOut): void => {
    for (const listener of [...endListeners]) listener(how);
  };

  const fake: FakeClient = {
    sessionsNow: [...sessions],
    answers: { list: "ok", revoke: "ok", rename: "ok", signOut: "ok", create: "ok" },
    calls: [],
    closed: false,
    release() {
      for (const resolve of waiting.splice(0)) resolve();
    },
    changed() {
      for (const listener of [...changeListeners]) listener();
    },
    end,
    get followers() {
      return { changes: changeListeners.size, ends: endListeners.size };
    },
    fetch: () => Promise.reject(new Error("the element fetches nothing by itself")),
    signedIn: async () => {},
    async signOut() {
      await answer("signOut", "signOut");
      end({ reason: "signed_out", by: { kind: "self", device: null } });
    },
    sessions: {
      async list({ limit = 100, cursor = "0" } = {}) {
        const from = Number(cursor);
        // Read before it is answered, as a server would.
        const page = fake.sessionsNow.slice(from, from + limit);
        const more = from + limit < fake.sessionsNow.length;
        await answer("list", `list ${from}`);
        return { sessions: page, ...(more ? { nextCursor: String(from + limit) } : {}) };
      },
      async revoke(id) {
        await answer("revoke", `revoke ${id}`);
        const before = fake.sessionsNow.length;
        fake.sessionsNow = fake.sessionsNow.filter((session) => session.id !== id);
        return fake.sessionsNow.length < before;
      },
      async revokeOthers() {
        await answer("revoke", "revokeOthers");
        const before = fake.sessionsNow.length;
        fake.sessionsNow = fake.sessionsNow.filter(({ current }) => current);
        return before - fake.sessionsNow.length;
      },
      async revokeAll() {
        await answer("revoke", "revokeAll");
        fake.sessionsNow = [];
      },
      async rename(id, name) {
        await answer("rename", `rename ${id} ${name}`);
        const found = fake.sessionsNow.find((session) => session.id === id);
        if (found === undefined) return null;
        const renamed = { ...found, name };
        fake.sessionsNow = fake.sessionsNow.map((one) => (one.id === id ? renamed : one));
        return renamed;
      },
    },
    async createApiKey({ name, scopes, expiresAt = NEVER }) {
      await answer("create", `create ${name} [${scopes}]`);
      const id = `key-${fake.sessionsNow.length}`;
      const session = sampleKey(id, { name, scopes, expiresAt, createdAt: new Date() });
      fake.sessionsNow = [...fake.sessionsNow, session];
      return { session, token: `acme_${id}` };
    },
    onSignedOut(listener) {
      endListeners.add(listener);
      return () => endListeners.delete(listener);
    },
    onSessionsChanged(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    close() {
      fake.closed = true;
    },
  };
  return fake;
}
