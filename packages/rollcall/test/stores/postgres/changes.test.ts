import type { Pool } from "pg";
import type { SessionId, SessionStore } from "rollcall";
import { describe, expect, test } from "vitest";
import { ada, newSession } from "../../../src/testing/conformance/new-session.js";
import { postgresAvailable } from "../../support/postgres.js";
import { begin, connect, LOGOUT, openPooled, openStore, signIn } from "./fixtures.js";

interface Reader {
  /** Reads what is new; gives back `type id` of each event. */
  next(): Promise<readonly string[]>;
  /** All that was ever read, with repetitions. */
  readonly told: readonly string[];
}

async function follow(store: SessionStore): Promise<Reader> {
  let { cursor } = await store.changes(null, 0);
  const told: string[] = [];
  return {
    told,
    async next() {
      const page = await store.changes(cursor, 0);
      expect(page.whole).toBe(false);
      cursor = page.cursor;
      const fresh = page.events.map(({ type, sessionId }) => `${type} ${sessionId}`);
      expect(page.revoked.map(({ id }) => `session.revoked ${id}`)).toEqual(
        fresh.filter((text) => text.startsWith("session.revoked")),
      );
      told.push(...fresh);
      return fresh;
    },
  };
}

const revoked = (id: SessionId): string => `session.revoked ${id}`;

describe.skipIf(!postgresAvailable)("changes", () => {
  test("a transaction that stays open while others commit is told once, when it commits", async () => {
    const { database, store } = await openPooled();
    const late = await signIn(store);
    const lost = await signIn(store);
    const reader = await follow(store);
    const open = await begin(database);
    await store.in?.(open).revoke(ada, late.id, LOGOUT);
    const rolledBack = await begin(database);
    await store.in?.(rolledBack).revoke(ada, lost.id, LOGOUT);

    for (let round = 0; round < 5; round += 1) {
      const { id } = await signIn(store, { user: { type: "user", id: "other" } });
      expect(await reader.next()).toEqual([`session.created ${id}`]);
    }
    await rolledBack.query("rollback");
    expect(await reader.next()).toEqual([]);
    await open.query("commit");
    expect(await reader.next()).toEqual([revoked(late.id)]);
    expect(await reader.next()).toEqual([]);
  });

  test("savepoints: what was rolled back to is not told, what was kept is", async () => {
    const { database, store } = await openPooled();
    const sessions = [await signIn(store), await signIn(store), await signIn(store)] as const;
    const reader = await follow(store);
    const client = await begin(database);
    const inside = store.in?.(client);
    await inside?.revoke(ada, sessions[0].id, LOGOUT);
    await client.query("savepoint a");
    await inside?.revoke(ada, sessions[1].id, LOGOUT);
    await reader.next();
    await client.query("rollback to a");
    await client.query("savepoint b");
    await inside?.revoke(ada, sessions[2].id, LOGOUT);
    await client.query("release b");
    expect(await reader.next()).toEqual([]);
    await client.query("commit");
    expect(await reader.next()).toEqual([revoked(sessions[0].id), revoked(sessions[2].id)]);
  });

  test("a prepared transaction is told when it is committed, from whatever connection", async () => {
    const { database, store } = await openPooled();
    const session = await signIn(store);
    const reader = await follow(store);
    const client = await begin(database);
    // Not through the store: its hint cannot be part of a prepared transaction.
    await client.query(
      `insert into rollcall_events (at, type, user_type, user_id, session_id, actor, origin)
       values (1, 'session.renamed', 'user', 'ada', $1, '{"kind":"user"}', '')`,
      [session.id],
    );
    await client.query("prepare transaction 'rollcall'");
    await signIn(store);
    await reader.next();
    await database.pool().query("commit prepared 'rollcall'");
    expect(await reader.next()).toEqual([`session.renamed ${session.id}`]);
  });

  test("12 writers with late commits, savepoints and rollbacks: each event exactly once", async () => {
    const { database, store } = await openPooled();
    const reader = await follow(store);
    const pool = database.pool({ max: 12 });
    let writing = true;
    const reading = (async () => {
      while (writing) await reader.next();
    })();
    const committed = await Promise.all(
      Array.from({ length: 12 }, (_, writer) => write(pool, store, writer)),
    );
    writing = false;
    await reading;
    await reader.next();
    expect(reader.told.toSorted()).toEqual(committed.flat().toSorted());
  });

  test("a cursor of another life of the database gets the whole window", async () => {
    const { database, store } = await openPooled();
    const { id, accessUntil } = await signIn(store);
    await store.revoke(ada, id, LOGOUT);
    const { cursor } = await store.changes(null, 0);
    const [identity = "", snapshot = ""] = cursor.split("/");
    const parts = identity.split(".");
    expect(parts).toHaveLength(5);
    const altered = parts.map((part, index) => parts.with(index, `${BigInt(part) + 1n}`).join("."));
    // Transaction ids that went back, with an identity that seems to be the same.
    const [xmin = ""] = snapshot.split(":");
    const ahead = `${identity}/${BigInt(xmin) + 9999n}:${BigInt(xmin) + 9999n}:`;
    for (const other of [...altered.map((text) => `${text}/${snapshot}`), ahead]) {
      const page = await store.changes(other, 0);
      expect(page).toEqual({
        cursor: page.cursor,
        now: page.now,
        whole: true,
        events: [],
        revoked: [{ id, accessUntil }],
        outdated: [],
      });
    }
    const { store: elsewhere } = await openPooled();
    expect((await elsewhere.changes(cursor, 0)).whole).toBe(true);
    await database.pool().query("drop table rollcall_events, rollcall_migrations");
    await store.migrate();
    expect((await store.changes(cursor, 0)).whole).toBe(true);
  });

  test("events that a dump brought along are not read again and again", async () => {
    const { database, store } = await openPooled();
    const reader = await follow(store);
    await database.pool().query(
      `insert into rollcall_events (at, type, user_type, user_id, session_id, actor, origin, xid)
       values (1, 'session.created', 'user', 'ada', $1, '{"kind":"user"}', '', '99999999999')`,
      [newSession().id],
    );
    expect(await reader.next()).toEqual([]);
    const { id } = await signIn(store);
    expect(await reader.next()).toEqual([`session.created ${id}`]);
  });

  test("a role that may not read the control file gets exact pages all the same", async () => {
    const { database } = await openPooled();
    const admin = await connect(database);
    await admin.query(
      "revoke execute on function pg_control_system(), pg_control_checkpoint() from public",
    );
    const role = new URL(database.url).pathname.slice(1);
    await admin.query(`create role ${role} login password 'p'`);
    try {
      await admin.query(`grant select, insert, update on all tables in schema public to ${role}`);
      const url = new URL(database.url);
      url.username = role;
      url.password = "p";
      const pool = database.pool({ connectionString: url.href });
      const store = openStore(pool);
      const reader = await follow(store);
      const { id } = await signIn(store);
      expect(await reader.next()).toEqual([`session.created ${id}`]);
      await store.close();
      await pool.end();
    } finally {
      await admin.query(`drop owned by ${role}`);
      await admin.query(`drop role ${role}`);
    }
  });
});

/** Sign-ins, in transactions that commit in any order, or not at all; gives back what was kept. */
async function write(pool: Pool, store: SessionStore, writer: number): Promise<readonly string[]> {
  const kept: string[] = [];
  const user = { type: "user", id: `u${writer}` };
  for (let round = 0; round < 15; round += 1) {
    const client = await pool.connect();
    await client.query("begin");
    const inside = store.in?.(client) ?? expect.unreachable();
    const told: string[] = [];
    const enter = async (): Promise<string> => {
      const { id } = await signIn(inside, { user });
      return `session.created ${id}`;
    };
    told.push(await enter());
    await client.query("savepoint a");
    const inner = await enter();
    if ((writer + round) % 3 === 0) await client.query("rollback to a");
    else told.push(inner);
    // So that they commit in another order than they began.
    for (let step = (writer * 7 + round * 3) % 5; step > 0; step -= 1) await client.query("select");
    if ((writer + round) % 4 === 0) {
      await client.query("rollback");
    } else {
      await client.query("commit");
      kept.push(...told);
    }
    client.release();
  }
  return kept;
}
