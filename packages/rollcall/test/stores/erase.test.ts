import Database from "libsql";
import type { SessionEvent, SessionStore, Sessions } from "rollcall";
import { postgres } from "rollcall/postgres";
import { sqlite } from "rollcall/sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { createDatabase, postgresAvailable } from "../support/postgres.js";
import { open, refreshToken, refusal } from "../support/sessions.js";

const TRACE = "f4c1d2";
const user = { type: "user", id: `ada-${TRACE}` };
const device = { userAgent: `device-${TRACE}`, ip: "192.0.2.77" };

interface Opened {
  readonly store: SessionStore;
  /** Every row of every table, as text. */
  dump(): Promise<string>;
  /** Erases in a transaction of the application's, which then commits or does not. */
  erase(sessions: Sessions, end: "commit" | "rollback"): Promise<number>;
}

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const TABLES = ["rollcall_sessions", "rollcall_events", "rollcall_users"];

const databases: Record<string, () => Promise<Opened>> = {
  async sqlite() {
    const database = new Database(":memory:");
    closing.push(() => database.close());
    return {
      store: sqlite(database),
      dump: async () =>
        JSON.stringify(TABLES.map((table) => database.prepare(`select * from ${table}`).all())),
      async erase(sessions, end) {
        database.exec("begin immediate");
        const erased = sessions.inSync().erase(user);
        database.exec(end);
        return erased;
      },
    };
  },
  async postgres() {
    const database = await createDatabase();
    closing.push(() => database.drop());
    const pool = database.pool();
    return {
      store: postgres(pool, { listen: false }),
      async dump() {
        const read = TABLES.map(async (table) => (await pool.query(`select * from ${table}`)).rows);
        return JSON.stringify(await Promise.all(read));
      },
      async erase(sessions, end) {
        const client = await pool.connect();
        await client.query("begin");
        const erased = await sessions.in(client).erase(user);
        await client.query(end);
        client.release();
        return erased;
      },
    };
  },
};

for (const [name, make] of Object.entries(databases)) {
  describe.skipIf(name === "postgres" && !postgresAvailable)(name, () => {
    const opened = async () => {
      const { store, ...database } = await make();
      await store.migrate();
      const here = open({ store, storeTimeout: "60s" });
      const process = (): Sessions => {
        const { sessions } = open({ store, storeTimeout: "60s" }, here.clock);
        closing.push(() => sessions.close());
        return sessions;
      };
      closing.push(() => here.sessions.close());
      return { ...here, ...database, process };
    };

    test("an erased user is refused by every process, and nothing in the database names them", async () => {
      const { sessions, clock, dump, process } = await opened();
      const other = process();
      const events: SessionEvent[] = [];
      other.on("*", (event) => events.push(event));
      const signIn = await sessions.start(user, { device, metadata: { of: TRACE } });
      await sessions.rename(user, signIn.session.id, `name-${TRACE}`);
      const ended = await sessions.start(user, { device });
      const keeper = await sessions.start({ type: "user", id: "grace" });
      const token = signIn.tokens.accessToken.token;
      const { signal } = await other.verify(token);
      clock.advance(3000);
      await other.verify(keeper.tokens.accessToken.token);
      events.splice(0);
      // What the other process may not have read yet must still reach it.
      await sessions.revoke(user, ended.session.id, { reason: `reason-${TRACE}` });

      expect(await sessions.erase(user)).toBe(2);
      expect((await refusal(sessions.verify(token))).reason).toBe("revoked");
      expect((await refusal(sessions.refresh(refreshToken(signIn)))).reason).toBe("revoked");
      expect(await dump()).not.toMatch(new RegExp(`${TRACE}|192\\.0\\.2\\.77`));

      clock.advance(3000);
      for (const { tokens } of [signIn, ended]) {
        const { reason } = await refusal(other.verify(tokens.accessToken.token));
        expect(reason).toBe("revoked");
      }
      expect(signal.aborted).toBe(true);
      expect(events.map(({ type, sessionId }) => [type, sessionId])).toEqual([
        ["session.revoked", ended.session.id],
        ["session.revoked", signIn.session.id],
      ]);
      expect(events[1]).toMatchObject({ reason: "erased", user: { type: "", id: "" } });
      const later = process();
      expect((await refusal(later.verify(token))).reason).toBe("revoked");
      await later.verify(keeper.tokens.accessToken.token);

      // Somebody else gets the id: a new user, with none of the old sessions.
      const heir = await sessions.start(user);
      expect((await sessions.list(user)).sessions.map(({ id }) => id)).toEqual([heir.session.id]);
      expect((await refusal(sessions.refresh(refreshToken(signIn)))).reason).toBe("revoked");

      // Purged, it is unknown, and as dead.
      clock.advance(31 * 86_400_000);
      await sessions.purge({ olderThan: "1s" });
      expect(await dump()).not.toContain(signIn.session.id);
      expect((await refusal(sessions.refresh(refreshToken(signIn)))).reason).toBe("unknown");
    });

    test("in a transaction of the application's: if and only if that commits", async () => {
      const { sessions, clock, dump, erase, process } = await opened();
      const other = process();
      const { tokens } = await sessions.start(user);
      const token = tokens.accessToken.token;
      expect(await erase(sessions, "rollback")).toBe(1);
      clock.advance(3000);
      for (const one of [sessions, other]) await one.verify(token);
      expect(await dump()).toContain(TRACE);

      expect(await erase(sessions, "commit")).toBe(1);
      clock.advance(3000);
      for (const one of [sessions, other]) {
        expect((await refusal(one.verify(token))).reason).toBe("revoked");
      }
      expect(await dump()).not.toContain(TRACE);
    });
  });
}

test("who is erased is checked like any user", async () => {
  const { sessions } = open();
  for (const bad of [null, undefined, {}, { type: "", id: "" }, { type: "user", id: [] }]) {
    await expect(Reflect.apply(sessions.erase, undefined, [bad])).rejects.toThrow(/^user/);
  }
});
