import { EventEmitter } from "node:events";
import { Client } from "pg";
import type { PostgresListenClient } from "rollcall/postgres";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { listen, PROBE_INTERVAL } from "../../../src/stores/postgres/connection/listener.js";
import { createNamespace } from "../../../src/stores/postgres/connection/namespace.js";
import { postgresAvailable } from "../../support/postgres.js";
import { afterwards, connect, openPooled, openStore, presenting, signIn } from "./fixtures.js";

/** What a listener was told, one after the other. */
function ears(): {
  readonly listener: { changed(): void; connected(up: boolean): void };
  next(): Promise<string>;
  readonly waiting: number;
} {
  const heard: string[] = [];
  const emitter = new EventEmitter();
  const tell = (what: string): void => {
    heard.push(what);
    emitter.emit("heard");
  };
  return {
    listener: {
      changed: () => tell("changed"),
      connected: (up) => tell(up ? "up" : "down"),
    },
    async next() {
      while (heard.length === 0) {
        await new Promise((resolve) => emitter.once("heard", resolve));
      }
      return heard.shift() ?? expect.unreachable();
    },
    get waiting() {
      return heard.length;
    },
  };
}

describe.skipIf(!postgresAvailable)("hints", () => {
  test("a listener whose connection is killed comes back", async () => {
    const { database, store } = await openPooled();
    const { listener, next } = ears();
    const stop = await store.subscribe?.(listener);
    expect(await next()).toBe("up");
    const admin = await connect(database);
    for (let round = 0; round < 3; round += 1) {
      const { rows } = await admin.query(
        // Waits until it has gone, or the next round may find it once more.
        `select pg_terminate_backend(pid, 20000) as killed from pg_stat_activity
         where query ilike 'listen%' and datname = current_database()`,
      );
      expect(rows).toEqual([{ killed: true }]);
      expect(await next()).toBe("down");
      expect(await next()).toBe("up");
      await signIn(store);
      expect(await next()).toBe("changed");
    }
    await stop?.();
  });

  test("sign-ins, names and endings send a hint each, refreshes and last use none", async () => {
    const { database, store } = await openPooled();
    const client = await connect(database);
    const heard: (string | undefined)[] = [];
    const { channel } = createNamespace("public");
    await client.query(`listen ${channel}`);
    const marked = new Promise<void>((resolve) => {
      client.on("notification", ({ payload }) => {
        if (payload === "the end") resolve();
        else heard.push(payload);
      });
    });
    let session = await signIn(store);
    for (let count = 0; count < 5; count += 1) {
      const rotated = await store.rotate(presenting(session));
      if (rotated.outcome !== "rotated") expect.unreachable();
      session = rotated.session;
    }
    await store.confirm([{ id: session.id, generation: session.generation }]);
    await store.touch([{ id: session.id, at: Date.now() + 1000 }]);
    const actor = { kind: "user" } as const;
    await store.rename(session.user, session.id, { name: "x", actor });
    await store.revoke(session.user, session.id, { reason: "r", actor });
    await store.revoke(session.user, session.id, { reason: "r", actor });
    // Hints of one database come in the order of their commits.
    await client.query("select pg_notify($1, 'the end')", [channel]);
    await marked;
    expect(heard).toEqual(["changed", "changed", "changed"]);
  });

  test("the listener is none of the pool's clients, so that pool.end() ends", async () => {
    const { database } = await openPooled();
    const pool = database.pool({ max: 1 });
    const store = openStore(pool);
    const { listener, next } = ears();
    await store.subscribe?.(listener);
    expect(await next()).toBe("up");
    expect(pool.totalCount).toBe(1);
    await pool.end();
    await store.close();
  });

  test("a client of the application's own making is asked for again when it is lost", async () => {
    const { database } = await openPooled();
    const clients: Client[] = [];
    const store = openStore(database.pool(), {
      listen: async () => {
        const client = new Client({ connectionString: database.url });
        clients.push(client);
        return client;
      },
    });
    const { listener, next } = ears();
    await store.subscribe?.(listener);
    expect(await next()).toBe("up");
    await clients[0]?.end();
    expect([await next(), await next()]).toEqual(["down", "up"]);
    expect(clients).toHaveLength(2);
    await store.close();
  });

  test("listen: false takes away subscribe", async () => {
    const { store } = await openPooled({ listen: false });
    expect(store.subscribe).toBeUndefined();
  });
});

/** A client whose LISTEN succeeds; hints arrive or not, as through PgBouncer. */
function fakeClient(arrives: () => boolean): {
  readonly open: () => PostgresListenClient;
  readonly send: (payload: string) => Promise<void>;
  readonly opened: () => number;
} {
  let current = new EventEmitter();
  let opened = 0;
  return {
    opened: () => opened,
    async send(payload) {
      if (arrives()) current.emit("notification", { payload });
    },
    open() {
      const emitter = new EventEmitter();
      current = emitter;
      opened += 1;
      return {
        connect: async () => {},
        query: async () => {},
        on: (event, listener) => emitter.on(event, listener),
        end: async () => {},
      };
    },
  };
}

const channel = async (): Promise<string> => "rollcall";
const probeInterval = (): number => PROBE_INTERVAL;

describe("probes", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a LISTEN that succeeds but hears nothing never counts as connected", async () => {
    const { listener, waiting } = ears();
    const { open, send, opened } = fakeClient(() => false);
    const listening = listen({ channel, open, send, listener, probeInterval });
    afterwards(() => listening.stop());
    await vi.advanceTimersByTimeAsync(5000);
    await listening.tried;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(waiting).toBe(0);
    // It goes on trying, but ever more slowly.
    expect(opened()).toBeGreaterThan(5);
    expect(opened()).toBeLessThan(20);
  });

  test("a flood of hints is heeded fifty times a second, its last one too", async () => {
    const { listener } = ears();
    let heeded = 0;
    const { open, send } = fakeClient(() => true);
    const listening = listen({
      channel,
      open,
      send,
      listener: {
        ...listener,
        changed: () => {
          heeded += 1;
        },
      },
      probeInterval,
    });
    afterwards(() => listening.stop());
    await listening.tried;
    await send("changed");
    expect(heeded).toBe(1);
    for (let ms = 0; ms < 1000; ms += 1) {
      await send("changed");
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(heeded).toBeGreaterThan(40);
    expect(heeded).toBeLessThan(53);
    await vi.advanceTimersByTimeAsync(1000);
    const before = heeded;
    await send("changed");
    await send("changed");
    await vi.advanceTimersByTimeAsync(1000);
    expect(heeded).toBe(before + 2);
  });

  test("a connection that falls silent is noticed by the next probe, and replaced", async () => {
    const { listener, next } = ears();
    let stalled = false;
    const { open, send, opened } = fakeClient(() => !stalled);
    const listening = listen({ channel, open, send, listener, probeInterval });
    afterwards(() => listening.stop());
    await listening.tried;
    expect(await next()).toBe("up");
    await vi.advanceTimersByTimeAsync(95_000);
    expect(opened()).toBe(1);
    stalled = true;
    await vi.advanceTimersByTimeAsync(35_000);
    expect(await next()).toBe("down");
    stalled = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await next()).toBe("up");
  });

  test("while nobody awaits hints nothing is probed, and a lost connection is left alone", async () => {
    const { listener, next } = ears();
    let awaited = true;
    let sent = 0;
    let stalled = false;
    const { open, send, opened } = fakeClient(() => !stalled);
    const listening = listen({
      channel,
      open,
      send: (payload) => {
        sent += 1;
        return send(payload);
      },
      listener: { ...listener, awaited: () => awaited },
      probeInterval,
    });
    afterwards(() => listening.stop());
    await listening.tried;
    expect(await next()).toBe("up");
    expect(sent).toBe(1);
    awaited = false;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(sent).toBe(1);
    awaited = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sent).toBe(2);
    // Falls silent, is given up, and nobody wants another.
    stalled = true;
    await vi.advanceTimersByTimeAsync(34_000);
    awaited = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(await next()).toBe("down");
    const before = opened();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(opened()).toBe(before);
    stalled = false;
    awaited = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await next()).toBe("up");
  });

  test("a client that cannot be made, or cannot connect, is asked for again", async () => {
    const { listener, next } = ears();
    const { open, send } = fakeClient(() => true);
    const mishaps = [
      () => Promise.reject(new Error("no client")),
      () => ({ ...open(), connect: () => Promise.reject(new Error("refused")) }),
      () => ({ ...open(), connect: () => new Promise<void>(() => {}) }),
    ];
    const listening = listen({
      channel,
      open: () => (mishaps.shift() ?? open)(),
      send,
      listener,
      probeInterval,
    });
    afterwards(() => listening.stop());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await next()).toBe("up");
  });
});
