import { Client } from "pg";
import type { SessionId } from "rollcall";
import { type PostgresClient, postgres } from "rollcall/postgres";
import { describe, expect, test } from "vitest";
import { isSessionId } from "../../../src/core/model/session.js";
import { newSession } from "../../../src/testing/conformance/new-session.js";
import { createDatabase, postgresAvailable } from "../../support/postgres.js";
import { PATIENT } from "./fixtures.js";

const ROWS = 1_000_000;
const OF_ONE_USER = 10_000;
const NOW = Date.UTC(2026, 5, 1);

/** What a statement did, by EXPLAIN (ANALYZE, BUFFERS). */
interface Plan {
  readonly statement: string;
  readonly buffers: number;
  readonly rows: number;
  readonly sequential: readonly string[];
}

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Shared Hit Blocks"?: number;
  readonly "Shared Read Blocks"?: number;
  readonly Plans?: readonly Node[];
}

function summary(statement: string, root: Node): Plan {
  const sequential: string[] = [];
  const walk = (node: Node): void => {
    const relation = node["Relation Name"] ?? "";
    if (node["Node Type"] === "Seq Scan" && relation.startsWith("rollcall_")) {
      sequential.push(relation);
    }
    for (const child of node.Plans ?? []) walk(child);
  };
  walk(root);
  const buffers = (root["Shared Hit Blocks"] ?? 0) + (root["Shared Read Blocks"] ?? 0);
  return { statement, buffers, rows: root["Actual Rows"], sequential };
}

/** A client that explains each statement of the store, undoes it, and then runs it. */
function explaining(client: Client, plans: Plan[]): PostgresClient {
  return {
    async query(text, values = []) {
      if (/^\s*(with|select|insert|update)\b/i.test(text) && text.includes("rollcall_")) {
        // A warning, no error, where the store has begun a transaction already.
        await client.query("BEGIN");
        await client.query("SAVEPOINT explained");
        const sql = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
        const { rows } = await client.query(sql, values);
        plans.push(summary(text, rows[0]["QUERY PLAN"][0].Plan));
        await client.query("ROLLBACK TO explained");
      }
      return await client.query(text, values);
    },
  };
}

function id(n: number): SessionId {
  const text = `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
  if (!isSessionId(text)) throw new Error("not an id");
  return text;
}

/** A million sessions, three of four over in one way or another, ten thousand of one user. */
async function fill(client: Client): Promise<void> {
  await client.query(
    `INSERT INTO rollcall_sessions (id, user_type, user_id, persistent, created_at, last_used_at,
       idle_timeout, expires_at, absolute_expires_at, generation, predecessor, void_from, void_to,
       confirmed, rotated_at, key_id, access_until, revoked_at, revoked_reason, revoked_by)
     SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user',
       CASE WHEN n <= $1 THEN 'many' ELSE 'u' || (n / 5) END, true,
       $2 - n * 1000, $2 - n * 1000, 604800000,
       $2 + CASE n % 4 WHEN 0 THEN -1000 ELSE 604800000 END, $2 + 2592000000, 3, 2, 0, 0,
       3, $2 - n * 1000, 'k1', $2 - n * 1000 + 600000,
       CASE WHEN n % 4 IN (1, 2) THEN $2 - n * 500 END,
       CASE WHEN n % 4 IN (1, 2) THEN 'logout' END,
       CASE WHEN n % 4 IN (1, 2) THEN '{"kind":"self"}'::jsonb END
     FROM generate_series(1, $3::int8) AS n`,
    [OF_ONE_USER, NOW, ROWS],
  );
  await client.query(
    `INSERT INTO rollcall_events (at, type, user_type, user_id, session_id, actor, origin)
     SELECT created_at, 'session.created', user_type, user_id, id, '{"kind":"self"}', ''
     FROM rollcall_sessions LIMIT 100000`,
  );
  await client.query("ANALYZE rollcall_sessions, rollcall_events");
}

describe.skipIf(!postgresAvailable)("a table of a million sessions", () => {
  test("no statement scans a table, and each reads what its answer needs", async () => {
    const database = await createDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      await postgres(client).migrate();
      await fill(client);
      const plans: Plan[] = [];
      const store = postgres(explaining(client, plans), { prepare: false, listen: false });
      store.configure(PATIENT);
      const user = { type: "user", id: `u${Math.floor(500_003 / 5)}` };
      const many = { type: "user", id: "many" };
      const alive = id(500_003);
      const system = { kind: "system" } as const;
      const revocation = { reason: "logout", actor: system };
      const terms = {
        keyId: "k1",
        presentedKeyId: "k1",
        ip: null,
        userAgent: null,
        retryWindow: 30_000,
        accessTokenTtl: 600_000,
        now: NOW,
      };
      const limit = { max: 100_000, onLimit: "evict-oldest" } as const;

      const cursor = (await store.changes(null, 60_000, NOW)).cursor;
      await store.find(alive, NOW);
      await store.get(user, alive);
      expect(await store.list(user, { limit: 101, after: null, now: NOW })).not.toEqual([]);
      expect(await store.list(many, { limit: 101, after: null, now: NOW })).toHaveLength(101);
      const rotated = await store.rotate({ id: alive, presented: 3, ...terms });
      expect(rotated.outcome).toBe("rotated");
      await store.rotate({ id: alive, presented: 3, ...terms });
      await store.rotate({ id: alive, presented: 3, ...terms, now: NOW + 40_000 });
      await store.rotate({ id: alive, presented: 9, ...terms, now: NOW + 50_000 });
      await store.rename(user, alive, { name: "x", actor: system, now: NOW });
      const change = { metadata: { team: "blue" }, actor: system, now: NOW };
      await store.update(user, alive, change);
      await store.update(user, alive, change);
      expect(await store.outdate(user, { actor: system, now: NOW })).not.toEqual([]);
      await store.confirm([{ id: alive, generation: 10 }], NOW);
      await store.touch([{ id: alive, at: NOW }], NOW);
      await store.create(newSession({ user, now: NOW }));
      await store.create(
        newSession({ user, now: NOW, limit, authenticatedAt: NOW, replaces: alive }),
      );
      await store.revoke(user, id(500_007), revocation, NOW);
      await store.revokeAll(user, { revocation, except: null, now: NOW });
      await store.rotate({ id: id(500_011), presented: 1, ...terms });
      await store.changes(cursor, 60_000, NOW);
      await store.purge(NOW, 100);
      await store.purgeEvents(NOW, 5);
      await store.rename(user, alive, { name: "x", actor: system, now: NOW });
      expect((await store.erase(user, { margin: 60_000, now: NOW })).erased).toBeGreaterThan(2);

      expect(plans.length).toBeGreaterThan(20);
      for (const { statement, sequential, buffers, rows } of plans) {
        expect(sequential, statement).toEqual([]);
        // A look-up in an index of this size is four or five pages, and a row written goes into
        // each index of its table. A change is joined with its session; nothing else is.
        const writes = /insert into|^\s*update |\bas \(\s*update |delete from/im.test(statement);
        const perRow = writes ? 20 : /rollcall_events/.test(statement) ? 5 : 2;
        const most = (writes ? 60 : 20) + perRow * rows;
        expect({ buffers: Math.min(buffers, most), statement }).toEqual({ buffers, statement });
      }
      await store.close();
    } finally {
      await client.end();
      await database.drop();
    }
  }, 180_000);
});
