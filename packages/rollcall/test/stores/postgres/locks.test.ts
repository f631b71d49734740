import { Client } from "pg";
import type { SessionId } from "rollcall";
import { describe, expect, test } from "vitest";
import { ada, grace, newSession } from "../../../src/testing/conformance/new-session.js";
import { postgresAvailable } from "../../support/postgres.js";
import {
  begin,
  connect,
  failure,
  LOGOUT,
  openPooled,
  openStore,
  PATIENT,
  presenting,
  signIn,
} from "./fixtures.js";

/** Long, for the bounds that are taken from it allow a busy machine no more than a half of it. */
const STORE_TIMEOUT = 6000;

/** Of calls that are to give up. Half of it must do for all that comes before the lock. */
const SHORT = { storeTimeout: 1000, processId: "" } as const;

const FIRST = newSession().id;

describe.skipIf(!postgresAvailable)("locks", () => {
  test("a session locked by a caller's transaction exhausts no pool", async () => {
    const { database, store } = await openPooled();
    const held = await signIn(store);
    const unrelated = await signIn(store, { user: grace });
    const inside = store.in?.(await begin(database));
    await inside?.revoke(ada, held.id, LOGOUT);

    const pool = database.pool({ max: 10 });
    // All of them are there: what it takes to make them is not waiting for a lock.
    await Promise.all(Array.from({ length: 10 }, () => pool.query("select pg_sleep(0.1)")));
    expect(pool.totalCount).toBe(10);
    const small = openStore(pool);
    small.configure({ storeTimeout: STORE_TIMEOUT, processId: "" });
    const started = performance.now();
    const locked = Promise.all(
      Array.from({ length: 10 }, () => failure(small.rotate(presenting(held)))),
    );
    const other = await small.rotate(presenting(unrelated));
    expect(performance.now() - started).toBeLessThan(STORE_TIMEOUT);
    expect(other.outcome).toBe("rotated");
    // Those who never got as far as the lock were kept waiting by those who did.
    for (const one of await locked) expect(one).toMatch(/^55P03$|earlier calls/);
  });

  test.each([
    ["revoke", (store) => store.revoke(ada, FIRST, LOGOUT)],
    ["rename", (store) => store.rename(ada, FIRST, { name: "x", actor: { kind: "user" } })],
    ["revokeAll", (store) => store.revokeAll(ada, { revocation: LOGOUT, except: null })],
    [
      "confirm, told to wait",
      (store) => store.confirm([{ id: FIRST, generation: 1 }], undefined, true),
    ],
    ["create, replacing it", (store) => store.create(newSession({ replaces: FIRST }))],
    [
      "create, evicting it",
      (store) => store.create(newSession({ limit: { max: 1, onLimit: "evict-oldest" } })),
    ],
  ] satisfies [string, (store: Store) => Promise<unknown>][])(
    "%s gives up waiting for a locked session",
    async (_, call) => {
      const { database, store } = await openPooled();
      await signIn(store, { id: FIRST });
      const client = await begin(database);
      await client.query("select id from rollcall_sessions for update");
      store.configure(SHORT);
      expect(await failure(call(store))).toBe("55P03");
      await client.query("rollback");
      store.configure(PATIENT);
      await call(store);
    },
  );

  test("a locked user makes sign-ins give up, of that user only", async () => {
    const { database, store } = await openPooled();
    await signIn(store);
    const client = await begin(database);
    await client.query("select user_id from rollcall_users for update");
    store.configure(SHORT);
    const limit = { max: 5, onLimit: "refuse" } as const;
    expect(await failure(store.create(newSession()))).toBe("55P03");
    expect(await failure(store.create(newSession({ limit })))).toBe("55P03");
    store.configure(PATIENT);
    await signIn(store, { user: grace });
  });

  test("a flush leaves out what others have locked, at once, and says so", async () => {
    const { database, store } = await openPooled();
    const held = await signIn(store);
    const free = await signIn(store);
    const ended = await signIn(store);
    const client = await begin(database);
    await client.query("select id from rollcall_sessions where id <> $1 for update", [free.id]);
    await store.in?.(client).revoke(ada, ended.id, LOGOUT);
    const at = Date.now() + 1000;
    const uses = [held, free].map(({ id }) => ({ id, at }));
    expect(await store.touch(uses, at)).toEqual([held.id]);
    expect((await store.get(ada, free.id))?.lastUsedAt).toBe(at);
    await client.query("commit");
    expect(await store.touch([...uses, { id: ended.id, at }], at)).toEqual([]);
    expect((await store.get(ada, held.id))?.lastUsedAt).toBe(at);
    expect((await store.get(ada, ended.id))?.lastUsedAt).toBe(ended.lastUsedAt);
  });

  test("a first use of a locked session is left out, and holds up nobody else's", async () => {
    const { database, store } = await openPooled();
    const held = await signIn(store);
    const reused = await signIn(store);
    const free = await signIn(store);
    // A late retry, by which generation 2 is void.
    for (const now of [undefined, Date.now() + 60_000]) {
      await store.rotate(presenting(reused, { now }));
    }
    const client = await begin(database);
    await client.query("select id from rollcall_sessions where id <> $1 for update", [free.id]);
    const uses = [held, free].map(({ id }) => ({ id, generation: 1 }));
    uses.push({ id: reused.id, generation: 2 });
    const done = await store.confirm(uses);
    expect(done.ended).toEqual([]);
    expect(done.left.toSorted()).toEqual([held.id, reused.id].toSorted());
    expect((await store.get(ada, free.id))?.confirmed).toBe(1);
    await client.query("commit");
    const { ended, left } = await store.confirm(uses);
    expect([ended.map(({ id }) => id), left]).toEqual([[reused.id], []]);
    expect((await store.get(ada, held.id))?.confirmed).toBe(1);
    expect(await store.confirm(uses)).toEqual({ ended: [], left: [] });
  });

  test("sign-ins, endings and names of a locked user take few connections", async () => {
    const { database, store: patient } = await openPooled();
    await signIn(patient);
    const client = await begin(database);
    await client.query("select user_id from rollcall_users for update");
    await client.query("select id from rollcall_sessions for update");
    const store = openStore(database.pool({ max: 10 }), { listen: false });
    store.configure({ storeTimeout: 30_000, processId: "" });
    const limit = { max: 99, onLimit: "refuse" } as const;
    const waiting = Array.from({ length: 40 }, (_, index) => {
      if (index % 4 === 0) return store.revokeAll(ada, { revocation: LOGOUT, except: null });
      return index % 4 === 1 ? signIn(store, { limit }) : signIn(store);
    });
    const observer = await connect(database);
    await expect.poll(() => lockedOut(observer)).toBe(2);
    for (let count = 0; count < 20; count += 1) {
      expect(await lockedOut(observer)).toBeLessThanOrEqual(2);
      await signIn(store, { user: grace });
    }
    await client.query("rollback");
    await Promise.all(waiting);
  });

  test("refreshes of many sessions that one transaction holds leave connections to others", async () => {
    const { database, store: patient } = await openPooled();
    const sessions = await Promise.all(Array.from({ length: 25 }, () => signIn(patient)));
    const bystander = await signIn(patient, { user: grace });
    const client = await begin(database);
    await patient.in?.(client).revokeAll(ada, { revocation: LOGOUT, except: null });
    const store = openStore(database.pool({ max: 10 }), { listen: false });
    store.configure({ storeTimeout: 30_000, processId: "" });
    let settled = 0;
    const waiting = sessions.map((session) =>
      store.rotate(presenting(session)).finally(() => {
        settled += 1;
      }),
    );
    const observer = await connect(database);
    await expect.poll(() => lockedOut(observer), { timeout: 20_000 }).toBe(10);
    await expect.poll(() => lockedOut(observer), { timeout: 20_000 }).toBe(3);
    expect((await store.rotate(presenting(bystander))).outcome).toBe("rotated");
    expect(settled).toBe(0);
    await client.query("rollback");
    for (const { outcome } of await Promise.all(waiting)) expect(outcome).toBe("rotated");
  });

  test("nothing stays behind on the connection", async () => {
    const { database } = await openPooled();
    const client = await connect(database);
    const store = openStore(client);
    const session = await signIn(store, { limit: { max: 5, onLimit: "refuse" } });
    await store.rotate(presenting(session));
    await store.revokeAll(ada, { revocation: LOGOUT, except: null });
    for (const name of [
      "lock_timeout",
      "statement_timeout",
      "idle_in_transaction_session_timeout",
    ]) {
      const { rows } = await client.query(`select current_setting('${name}') as value`);
      expect(rows).toEqual([{ value: "0" }]);
    }
  });

  test.each(["repeatable read", "serializable"])(
    "a database whose default is %s: concurrent calls succeed as at read committed",
    async (isolation) => {
      const { database, store: first } = await openPooled();
      const admin = await connect(database);
      const name = new URL(database.url).pathname.slice(1);
      await admin.query(
        `alter database ${name} set default_transaction_isolation = '${isolation}'`,
      );
      const store = openStore(database.pool({ max: 20 }));
      const { rows } = await database.pool().query("show default_transaction_isolation");
      expect(rows).toEqual([{ default_transaction_isolation: isolation }]);
      const session = await signIn(first);
      for (let generation = 1; generation <= 5; generation += 1) {
        const calls = Array.from({ length: 20 }, () =>
          store.rotate(presenting({ ...session, generation })),
        );
        const touches = Array.from({ length: 5 }, (_, index) =>
          store.touch([{ id: session.id, at: Date.now() + index }]),
        );
        const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome);
        await Promise.all(touches);
        expect(outcomes.filter((outcome) => outcome === "rotated")).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === "retried")).toHaveLength(19);
      }
      const limit = { max: 3, onLimit: "evict-oldest" } as const;
      await Promise.all(Array.from({ length: 20 }, () => signIn(store, { user: grace, limit })));
      expect(await store.list(grace, { limit: 100, after: null })).toHaveLength(3);
    },
  );

  test("four processes flush the same 10,000 sessions among refreshes and everywhere", async () => {
    const { database, store } = await openPooled();
    await fill(database.url);
    const { rows } = await database
      .pool()
      .query<{ id: SessionId }>("select id from rollcall_sessions");
    const at = Date.now();
    const uses = rows.map(({ id }) => ({ id, at }));
    const flushers = [1, 2, 3, 4].map(() => openStore(database.pool({ max: 5 })));
    // Each in an order of its own, as maps of different processes have.
    const each = <T>(flush: (flusher: Store, order: typeof uses) => Promise<T>): Promise<T[]> =>
      Promise.all(
        flushers.map((one, index) => flush(one, index % 2 === 0 ? uses : uses.toReversed())),
      );
    await amongRefreshes(store, uses, () =>
      each((one, order) => one.confirm(order.map(({ id }) => ({ id, generation: 1 })))),
    );
    await database.pool().query(COUNT_ROWS);
    const left = await amongRefreshes(store, uses, async () => {
      const ids = await each((one, order) => one.touch(order));
      await store.revokeAll(grace, { revocation: LOGOUT, except: null });
      return ids;
    });
    // Whoever wants one of its rows waits for one of many chunks, not for a flush.
    const { rows: tooLarge } = await database.pool().query("select from counted where rows > 500");
    expect(tooLarge).toEqual([]);
    // What a flush left out it would try again: nothing of it may be lost.
    for (const ids of left) {
      expect(await store.touch(ids.map((id) => ({ id, at })))).toEqual([]);
    }
    const { rows: counted } = await database
      .pool()
      .query("select count(*)::int4 as behind from rollcall_sessions where last_used_at < $1", [
        at,
      ]);
    expect(counted).toEqual([{ behind: 0 }]);
  });
});

type Store = ReturnType<typeof openStore>;

/** How many connections wait for a lock. */
async function lockedOut(client: Client): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::int4 as waiting from pg_stat_activity
     where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows[0]["waiting"];
}

/** Refreshes one session after the other until the work is done. */
async function amongRefreshes<T>(
  store: Store,
  uses: readonly { id: SessionId }[],
  work: () => Promise<T>,
): Promise<T> {
  let isDone = false;
  const refresh = async (): Promise<void> => {
    for (let index = 0; !isDone; index = (index + 37) % uses.length) {
      await store.rotate(presenting({ id: uses[index]?.id ?? FIRST, generation: 1 }));
    }
  };
  const working = work().finally(() => {
    isDone = true;
  });
  const [result] = await Promise.all([working, refresh()]);
  return result;
}

/** Notes how many rows each statement changed. */
const COUNT_ROWS = `
  create table counted (rows int4);
  create function count_rows() returns trigger language plpgsql
    as $$ begin insert into counted select count(*) from changed; return null; end $$;
  create trigger count_rows after update on rollcall_sessions
    referencing new table as changed for each statement execute function count_rows()`;

/** 10,000 sessions of 100 users, by hand since sign-ins one by one would take long. */
async function fill(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `insert into rollcall_sessions (id, user_type, user_id, persistent, created_at, last_used_at,
       idle_timeout, expires_at, absolute_expires_at, generation, predecessor, void_from, void_to,
       confirmed, rotated_at, key_id, access_until)
     select gen_random_uuid(), 'user', 'u' || n % 100, true, $1::int8, $1::int8, 604800000,
       $1::int8 + 604800000, $1::int8 + 2592000000, 1, 0, 0, 0, 0, $1::int8, 'k1', $1::int8 + 600000
     from generate_series(1, 10000) as n`,
    [Date.now() - 60_000],
  );
  await client.end();
}
