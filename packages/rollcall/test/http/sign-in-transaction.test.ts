import type { Pool } from "pg";
import type { Sessions, UserReference } from "rollcall";
import { createSessions } from "rollcall";
import { createHttp, type Http } from "rollcall/http";
import { postgres } from "rollcall/postgres";
import { expect, onTestFinished, test } from "vitest";
import { createDatabase, postgresAvailable, type TestDatabase } from "../support/postgres.js";
import { secret, user } from "../support/sessions.js";
import { ORIGIN, openApp, request } from "./app.js";

const login = (): Request =>
  request("POST", "/login", { headers: { "Sec-Fetch-Site": "same-origin" } });

async function openPostgres(
  connections = 10,
): Promise<{ http: Http; sessions: Sessions; pool: Pool; database: TestDatabase }> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const pool = database.pool({ max: connections });
  const store = postgres(pool);
  await store.migrate();
  // The default is short for a busy machine, and nothing here is about it.
  const sessions = createSessions({ store, secret, storeTimeout: "30s" });
  onTestFinished(() => sessions.close());
  const http = createHttp({ sessions, cookies: true, origin: ORIGIN });
  return { http, sessions, pool, database };
}

test.skipIf(!postgresAvailable)(
  "a sign-in stands if and only if its transaction commits",
  async () => {
    const { http, database } = await openPostgres();
    const client = await database.pool().connect();
    onTestFinished(() => client.release());
    const rows = async (): Promise<unknown> => {
      const found = await database.pool().query("select id from rollcall_sessions");
      return found.rows.map(({ id }) => id);
    };
    for (const end of ["rollback", "commit"]) {
      await client.query("begin");
      const { session, headers } = await http.signIn(login(), user, {
        in: client,
        transport: "cookie",
      });
      expect(headers.getSetCookie()).toHaveLength(3);
      expect(await rows()).toEqual([]);
      await client.query(end);
      expect(await rows()).toEqual(end === "commit" ? [session.id] : []);
    }
  },
);

/** What a browser has left when its access cookie has run out. */
async function refreshCookieOf(http: Http, who: UserReference): Promise<Record<string, string>> {
  const { headers } = await http.signIn(login(), who, { transport: "cookie" });
  const [, cookie = ""] = headers.getSetCookie();
  return { Cookie: cookie.slice(0, cookie.indexOf(";")) };
}

test.skipIf(!postgresAvailable)(
  "it takes no second connection, whoever signs in: one is enough for many at once",
  async () => {
    const { http, sessions, pool } = await openPostgres(1);
    const people = ["a", "b", "c", "d"].map((id) => ({ type: "user", id }));
    const cookies = await Promise.all(people.map((who) => refreshCookieOf(http, who)));
    const started = people.map(async (_, at) => {
      // Half of them as themselves, half as the next one.
      const who = people[at < 2 ? at : at === 2 ? 3 : 2] ?? user;
      const client = await pool.connect();
      try {
        await client.query("begin");
        const headers = { "Sec-Fetch-Site": "same-origin", ...cookies[at] };
        const answer = request("POST", "/login", { headers });
        await http.signIn(answer, who, { transport: "cookie", in: client });
        await client.query("commit");
      } finally {
        client.release();
      }
    });
    await Promise.all(started);
    for (const who of people) expect((await sessions.list(who)).sessions).toHaveLength(1);
  },
);

test.skipIf(!postgresAvailable)(
  "what it replaces stays as it was if the transaction is rolled back",
  async () => {
    const { http, sessions, pool } = await openPostgres(2);
    const other = { type: "user", id: "grace" };
    const cookie = await refreshCookieOf(http, user);
    for (const who of [user, other]) {
      const client = await pool.connect();
      await client.query("begin");
      const headers = { "Sec-Fetch-Site": "same-origin", ...cookie };
      const options = { transport: "cookie", in: client } as const;
      await http.signIn(request("POST", "/login", { headers }), who, options);
      await client.query("rollback");
      client.release();
      const listed = await sessions.list(user);
      expect(listed.sessions).toHaveLength(1);
      const token = cookie["Cookie"]?.split("=")[1] ?? "";
      expect((await sessions.verifyRefreshToken(token)).user).toEqual(user);
    }
  },
);

test("in a transaction of a store that knows none, it is the developer's mistake", async () => {
  const { http } = openApp();
  await expect(http.signIn(login(), user, { in: {} })).rejects.toThrow(TypeError);
});
