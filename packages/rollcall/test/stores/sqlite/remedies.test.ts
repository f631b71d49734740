import Database from "libsql";
import { sqlite } from "rollcall/sqlite";
import { expect, test } from "vitest";
import { open, refusal, user } from "../../support/sessions.js";
import { newFile } from "./fixtures.js";

const faults = [
  {
    name: "tables that were never made",
    handle: async () => new Database(":memory:"),
    told: /tables are missing in this database: call store\.migrate\(\)/,
  },
  {
    name: "tables of an older release",
    async handle() {
      const handle = new Database(":memory:");
      await sqlite(handle).migrate();
      handle.exec("ALTER TABLE rollcall_sessions RENAME COLUMN confirmed TO other");
      return handle;
    },
    told: /older release: call store\.migrate\(\)/,
  },
  {
    name: "a database that takes no writes",
    async handle() {
      const path = newFile();
      await sqlite(new Database(path)).migrate();
      const handle = new Database(path);
      handle.exec("PRAGMA query_only = ON");
      return handle;
    },
    told: /read-only: open it for writing/,
  },
];

for (const { name, handle, told } of faults) {
  test(`a fault that will not pass by itself is a 503 that says what to do: ${name}`, async () => {
    const errors: Error[] = [];
    const store = sqlite(await handle());
    const { sessions } = open({ store, onError: (error) => errors.push(error) });
    const refused = await refusal(sessions.start(user));
    expect(refused).toMatchObject({ status: 503 });
    expect(refused.cause).toMatchObject({ message: expect.stringMatching(told) });
    for (const error of errors) expect(error.message).toMatch(told);
  });
}

test("it is told with its remedy in a synchronous transaction too", () => {
  const handle = new Database(":memory:");
  const { sessions } = open({ store: sqlite(handle) });
  const signIn = handle.transaction(() => sessions.inSync().start(user));
  expect(() => signIn()).toThrow(/tables are missing in this database: call store\.migrate\(\)/);
});
