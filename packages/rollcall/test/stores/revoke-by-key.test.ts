import type { SessionStore } from "rollcall";
import { sqlite } from "rollcall/sqlite";
import { expect, test } from "vitest";
import { newSession } from "../../src/testing/conformance/new-session.js";
import { postgresAvailable } from "../support/postgres.js";
import { begin, openPooled, signIn } from "./postgres/fixtures.js";
import { newFile, open } from "./sqlite/fixtures.js";

const revocation = { reason: "key_compromised", actor: { kind: "system" } } as const;

/** How many ended in each stretch. */
async function stretches(store: SessionStore): Promise<number[]> {
  const counts: number[] = [];
  let page = await store.revokeByKey({ keyId: "k1", revocation, after: null, wait: true });
  counts.push(page.ended.length);
  while (page.next !== null) {
    page = await store.revokeByKey({ keyId: "k1", revocation, after: page.next, wait: true });
    counts.push(page.ended.length);
  }
  return counts;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0);

test("SQLite: thousands end by a thousand at a time, those of the release before too", async () => {
  const handle = open(newFile());
  const store = sqlite(handle, { synchronous: "normal" });
  await store.migrate();
  await store.create(newSession());
  const columns = handle
    .prepare("SELECT name FROM pragma_table_info('rollcall_sessions') WHERE name <> 'id'")
    .all()
    .map((row) => String(Reflect.get(Object(row), "name")))
    .join(", ");
  const id = "printf('%08x-0000-4000-8000-000000000000', n)";
  handle.exec(`WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2500)
    INSERT INTO rollcall_sessions (id, ${columns})
    SELECT ${id}, ${columns} FROM c CROSS JOIN rollcall_sessions`);
  const counts = await stretches(store);
  expect(counts.length).toBe(3);
  expect(Math.max(...counts)).toBe(1000);
  expect(total(counts)).toBe(2501);
});

test.skipIf(!postgresAvailable)(
  "Postgres: thousands end by a thousand at a time, those of the release before too",
  async () => {
    const { database, store } = await openPooled();
    await signIn(store);
    const pool = database.pool();
    const { rows } = await pool.query(`select string_agg(column_name, ', ') as names
      from information_schema.columns where table_name = 'rollcall_sessions'
        and column_name not in ('id', 'refuse_until', 'key_ids')`);
    const names = String(rows[0]?.names);
    await pool.query(`insert into rollcall_sessions (id, ${names})
      select gen_random_uuid(), ${names} from generate_series(1, 2500), rollcall_sessions`);
    const counts = await stretches(store);
    expect(counts.length).toBe(3);
    expect(total(counts)).toBe(2501);
  },
);

test.skipIf(!postgresAvailable)(
  "Postgres: what others have locked is left for last, and then waited for",
  async () => {
    const { database, store } = await openPooled();
    const locked = await signIn(store);
    const free = await signIn(store);
    const client = await begin(database);
    await client.query("select 1 from rollcall_sessions where id = $1 for update", [locked.id]);
    const first = await store.revokeByKey({ keyId: "k1", revocation, after: null, wait: false });
    expect(first.ended.map(({ id }) => id)).toEqual([free.id]);
    expect(first.left).toBe(true);
    const waiting = store.revokeByKey({ keyId: "k1", revocation, after: null, wait: true });
    await client.query("commit");
    const second = await waiting;
    expect(second.ended.map(({ id }) => id)).toEqual([locked.id]);
    expect(second.left).toBe(false);
  },
);
