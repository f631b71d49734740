import { expect, onTestFinished, test } from "vitest";
import { createSessions } from "../../src/core/create-sessions.js";
import { createHttp, type Http } from "../../src/http/create-http.js";
import { postgres } from "../../src/stores/postgres/index.js";
import { createDatabase, postgresAvailable, type TestDatabase } from "../support/postgres.js";
import { secret, user } from "../support/sessions.js";
import { ORIGIN, openApp, request } from "./app.js";

const login = (): Request =>
  request("POST", "/login", { headers: { "Sec-Fetch-Site": "same-origin" } });

async function openPostgres(): Promise<{ http: Http; database: TestDatabase }> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const store = postgres(database.pool());
  await store.migrate();
  // The default is short for a busy machine, and nothing here is about it.
  const sessions = createSessions({ store, secret, storeTimeout: "30s" });
  onTestFinished(() => sessions.close());
  return { http: createHttp({ sessions, cookies: true, origin: ORIGIN }), database };
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
      expect(headers.getSetCookie()).toHaveLength(2);
      expect(await rows()).toEqual([]);
      await client.query(end);
      expect(await rows()).toEqual(end === "commit" ? [session.id] : []);
    }
  },
);

test("in a transaction of a store that knows none, it is the developer's mistake", async () => {
  const { http } = openApp();
  await expect(http.signIn(login(), user, { in: {} })).rejects.toThrow(TypeError);
});
