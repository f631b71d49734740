import type { Client } from "pg";
import { describe, expect, test } from "vitest";
import { CONFIRM } from "../../../src/stores/postgres/confirm.js";
import { createNamespace } from "../../../src/stores/postgres/connection/namespace.js";
import { LIST } from "../../../src/stores/postgres/list.js";
import { ROTATE } from "../../../src/stores/postgres/rotate.js";
import { valuesFor } from "../../../src/stores/postgres/sql/parameters.js";
import type { Statement } from "../../../src/stores/postgres/sql/statement.js";
import { TOUCH } from "../../../src/stores/postgres/touch.js";
import type { Values } from "../../../src/stores/row.js";
import { postgresAvailable } from "../../support/postgres.js";
import { connect, newDatabase, openStore, signIn } from "./fixtures.js";
import { statements } from "./statements.js";

// Named statements are planned once for all values sooner or later, so their plans must be good
// also when the planner knows none.

const { prepare } = createNamespace("public");

/** Many users with few sessions, some of them ended, and one user with many. */
async function fill(client: Client): Promise<void> {
  await client.query(
    `insert into rollcall_sessions (id, user_type, user_id, persistent, created_at, last_used_at,
       idle_timeout, expires_at, absolute_expires_at, generation, predecessor, void_from, void_to,
       confirmed, rotated_at, key_id, access_until, revoked_at, revoked_reason)
     select gen_random_uuid(), 'user', case when n % 50 = 0 then 'many' else 'u' || n / 3 end, true,
       n, n, 1000, n + 1000, n + 5000, 1, 0, 0, 0, 0, n, 'k1', n + 600,
       case when n % 4 = 0 then n end, case when n % 4 = 0 then 'logout' end
     from generate_series(1, 30000) as n`,
  );
  await client.query(
    `insert into rollcall_events (at, type, user_type, user_id, session_id, actor, origin, xid)
     select n, 'session.created', 'user', 'u' || n / 3, gen_random_uuid(), '{"kind":"user"}', '',
       (n + 1000)::text::xid8
     from generate_series(1, 30000) as n`,
  );
  await client.query(
    `insert into rollcall_users (user_type, user_id, epoch)
     select 'user', 'u' || n, 0 from generate_series(1, 10000) as n`,
  );
  await client.query(
    `insert into rollcall_devices (user_type, user_id, device_id, sign_ins, first_seen_at, last_seen_at)
     select 'user', 'u' || n, 'd', 1, n, n from generate_series(1, 10000) as n`,
  );
  await client.query(
    "analyze rollcall_sessions, rollcall_events, rollcall_users, rollcall_devices",
  );
}

async function genericPlan(client: Client, text: string): Promise<string> {
  await client.query(`prepare p as ${text}`);
  const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])));
  const values = Array.from({ length: count }, () => "null").join(", ");
  const call = count === 0 ? "p" : `p(${values})`;
  const { rows } = await client.query(`explain (costs off) execute ${call}`);
  await client.query("deallocate p");
  return rows.map((row) => row["QUERY PLAN"]).join("\n");
}

describe.skipIf(!postgresAvailable)("generic plans", () => {
  test("no statement reads a whole table, and a list comes out of its index in order", async () => {
    const database = await newDatabase();
    const client = await connect(database);
    await openStore(client).migrate();
    await fill(client);
    await client.query("set plan_cache_mode = force_generic_plan");
    for (const [name, { own, joined }] of statements) {
      for (const { text } of [own, joined].map(prepare)) {
        expect(await genericPlan(client, text), name).not.toMatch(/Seq Scan on rollcall/);
      }
    }
    const list = await genericPlan(client, prepare(LIST.own).text);
    expect(list).toContain("rollcall_sessions_by_user");
    expect(list).not.toContain("Sort");
  });
});

describe.skipIf(!postgresAvailable)("writes", () => {
  test("refreshes and uses write no index (HOT)", async () => {
    const database = await newDatabase();
    const client = await connect(database);
    const store = openStore(client);
    await store.migrate();
    const { id } = await signIn(store);
    await client.query("begin");
    const run = async ({ joined }: Statement, values: Values): Promise<void> => {
      const { text, parameters } = prepare(joined);
      const given = { ...values, now: Date.now() + 5000, lockTimeout: null };
      await client.query(text, valuesFor(parameters, given));
    };
    const seen = { ip: "192.0.2.1", userAgent: "curl/8" };
    const rotation = { id, ...seen, processId: "", accessTokenTtl: 600_000 };
    const keys = { keyId: "k2", presentedKeyId: "k1" };
    for (const generation of [1, 2, 3]) {
      await run(ROTATE, { ...rotation, ...keys, presented: generation });
      await run(CONFIRM, { ids: `{${id}}`, generations: `{${generation + 1}}` });
      await run(TOUCH, { ids: `{${id}}`, times: `{${Date.now() + 10_000 + generation}}` });
    }
    const { rows } = await client.query(
      `select n_tup_upd::int4 as updated, n_tup_hot_upd::int4 as hot
       from pg_stat_xact_user_tables where relname = 'rollcall_sessions'`,
    );
    await client.query("rollback");
    expect(rows).toEqual([{ updated: 9, hot: 9 }]);
  });
});
