import { Client, Pool } from "pg";
import type { Sessions } from "rollcall";
import { createSessions } from "rollcall";
import { postgres } from "rollcall/postgres";
import { type ManualClock, manualClock } from "rollcall/testing";
import { describe, expect, test } from "vitest";
import { postgresAvailable, type TestDatabase } from "../../support/postgres.js";
import { eventOf, refusal, secret, user } from "../../support/sessions.js";
import { afterwards, connect, newDatabase } from "./fixtures.js";

interface Counted {
  readonly pool: Pool;
  readonly sent: string[];
  /** The channel of each hint that has come. */
  readonly heard: string[];
}

/** A pool that counts what is sent over it, and over clients made in its image. */
function countingPool(database: TestDatabase, max = 3): Counted {
  const sent: string[] = [];
  const heard: string[] = [];
  class CountingClient extends Client {
    constructor(...args: ConstructorParameters<typeof Client>) {
      super(...args);
      this.on("notification", ({ channel }) => heard.push(channel));
      const query = this.query;
      Object.defineProperty(this, "query", {
        value: (...input: unknown[]) => {
          const [what] = input;
          sent.push(typeof what === "string" ? what : JSON.stringify(what));
          return Reflect.apply(query, this, input);
        },
      });
    }
  }
  const pool = new Pool({ connectionString: database.url, max, Client: CountingClient });
  pool.on("error", () => {});
  afterwards(() => pool.end());
  return { pool, sent, heard };
}

function manager(pool: Pool, clock: ManualClock): Sessions {
  const sessions = createSessions({
    store: postgres(pool),
    secret,
    clock,
    storeTimeout: "30s",
    onError() {},
  });
  afterwards(() => sessions.close());
  return sessions;
}

async function hinted(sessions: Sessions): Promise<void> {
  await expect.poll(() => sessions.health()).toMatchObject({ feed: "hinted" });
}

/** Lets ten minutes pass in steps, and waits for what was sent meanwhile. */
async function tenMinutes(clock: ManualClock, pool: Pool): Promise<void> {
  for (let step = 0; step < 600; step++) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
    while (pool.idleCount < pool.totalCount) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe.skipIf(!postgresAvailable)("a process that nobody asks", () => {
  test("sends no statement, and the first request after it is answered after a read", async () => {
    const database = await newDatabase();
    const clock = manualClock();
    const { pool, sent, heard } = countingPool(database);
    await postgres(pool).migrate();
    const sessions = manager(pool, clock);
    const { pool: other } = countingPool(database);
    const elsewhere = manager(other, clock);
    await hinted(sessions);
    const { session, tokens } = await elsewhere.start(user);
    await sessions.verify(tokens.accessToken.token);
    await tenMinutes(clock, pool);
    sent.splice(0);
    await tenMinutes(clock, pool);
    expect(sent).toEqual([]);

    heard.splice(0);
    // In one transaction, for one hint: a second one is passed on a little later, which would rightly
    // cause another read.
    const client = await other.connect();
    await client.query("begin");
    const inside = elsewhere.in(client);
    const fresh = await inside.start(user);
    await inside.revoke(user, fresh.session.id);
    await inside.revoke(user, session.id);
    await client.query("commit");
    client.release();
    await expect.poll(() => heard.length).toBe(1);
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0);
    expect(sent).toEqual([]);
    const refused = await refusal(sessions.verify(fresh.tokens.accessToken.token));
    expect(refused.reason).toBe("revoked");
    // One read to be up to date, and then one for how the session ended.
    const isCatchUp = sent.map((text) => text.includes("pg_current_snapshot"));
    expect(isCatchUp).toEqual([true, false]);
  });

  test("with listeners, hints alone make it read", async () => {
    const database = await newDatabase();
    const clock = manualClock();
    const { pool, sent } = countingPool(database);
    await postgres(pool).migrate();
    const sessions = manager(pool, clock);
    sessions.on("session.created", () => {});
    await hinted(sessions);
    await tenMinutes(clock, pool);
    sent.splice(0);
    await tenMinutes(clock, pool);
    expect(sent).toEqual([]);
    const heard = eventOf(sessions, "session.created");
    const { session } = await manager(countingPool(database).pool, clock).start(user);
    expect((await heard).sessionId).toBe(session.id);
  });

  test("a server that makes forty managers on its one pool has one listener, and one of them works", async () => {
    const database = await newDatabase();
    const clock = manualClock();
    const { pool, sent } = countingPool(database);
    await postgres(pool).migrate();
    const admin = await connect(database);
    const listeners = async (): Promise<unknown> => {
      const { rows } = await admin.query(
        `select count(*)::int as n from pg_stat_activity
         where datname = current_database() and query ilike 'listen%'`,
      );
      return rows[0];
    };
    const all = Array.from({ length: 40 }, () => manager(pool, clock));
    for (const sessions of all) await hinted(sessions);
    await tenMinutes(clock, pool);
    expect(await listeners()).toEqual({ n: 1 });
    const last = all.at(-1) ?? expect.unreachable();
    const { session, tokens } = await last.start(user);
    await last.verify(tokens.accessToken.token);
    const heard = eventOf(last, "session.revoked");
    sent.splice(0);
    const other = postgres(pool);
    await other.revoke(user, session.id, { reason: "x", actor: { kind: "system" } }, clock.now());
    await heard;
    // The hint came to all of them; those that nobody asks leave it at that.
    expect(sent.length).toBeLessThan(10);
    await Promise.all(all.slice(0, -1).map((sessions) => sessions.close()));
    expect(last.health()).toMatchObject({ feed: "hinted" });
    expect(await listeners()).toEqual({ n: 1 });
    await last.close();
    await expect.poll(listeners).toEqual({ n: 0 });
  });
});
