import { type SqliteDatabase, sqlite, sqliteSchema } from "rollcall/sqlite";
import { expect, test } from "vitest";
import { ada, NOW, newFile, open, signIn, system } from "./fixtures.js";

test("deviceInfo and metadata come back verbatim, from a fresh connection too", async () => {
  const path = newFile();
  const store = sqlite(open(path));
  await store.migrate();
  const deviceInfo = {
    userAgent: 'curl/8 "quoted" \\ ? :now',
    ip: "::1",
    "10": "numeric keys",
    empty: {},
    nested: { list: [1, 1.5, 1e21, -0.1, true, null, "é😀\u2028\u0001"] },
  };
  const metadata = { __proto__x: 1, deep: [[[]]] };
  const session = signIn({ deviceInfo, metadata });
  await store.create(session);
  const stored = await sqlite(open(path)).get(ada, session.id);
  expect(JSON.stringify(stored?.deviceInfo)).toBe(JSON.stringify(deviceInfo));
  expect(JSON.stringify(stored?.metadata)).toBe(JSON.stringify(metadata));
});

test("what create answers is what was stored, and a database in memory will do", async () => {
  const store = sqlite(open(":memory:"));
  await store.migrate();
  await store.migrate();
  const session = signIn({ deviceInfo: { ip: "::1" }, lastIp: "::1", persistent: false });
  const created = await store.create(session);
  expect(created).toEqual({
    outcome: "created",
    session: await store.get(ada, session.id),
    ended: [],
    claimsAt: null,
  });
});

test("without now the machine's clock decides", async () => {
  const store = sqlite(open(":memory:"));
  await store.migrate();
  const before = Date.now();
  const created = await store.create(signIn({ now: undefined }));
  const at = created.outcome === "created" ? created.session.createdAt : 0;
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
});

test("the printed schema is the one that migrate makes, at once or after a version", async () => {
  const schemaOf = (handle: ReturnType<typeof open>) =>
    handle.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();
  const migrated = open(newFile());
  await sqlite(migrated).migrate();
  const printed = open(newFile());
  printed.exec(sqliteSchema());
  // A second run changes nothing.
  expect(() => printed.exec(sqliteSchema())).toThrow(/duplicate column/);
  printed.exec("ROLLBACK");
  printed.exec(sqliteSchema({ after: 5 }));
  expect(() => sqliteSchema({ after: 99 })).toThrow(/^after must be a version of the schema/);
  expect(schemaOf(printed)).toEqual(schemaOf(migrated));
  expect(printed.pragma("journal_mode")).toEqual([{ journal_mode: "wal" }]);
  // Nothing is left for migrate, which therefore does not wait for a writer.
  const path = newFile();
  open(path).exec(sqliteSchema());
  open(path).exec("BEGIN IMMEDIATE");
  await sqlite(open(path)).migrate();
});

test("WAL and synchronous=FULL unless told otherwise", async () => {
  const full = open(newFile());
  await sqlite(full).migrate();
  expect(full.pragma("journal_mode")).toEqual([{ journal_mode: "wal" }]);
  expect(full.pragma("synchronous")).toEqual([{ synchronous: 2 }]);
  expect(full.pragma("busy_timeout")).toEqual([{ timeout: 25 }]);
  const normal = open(newFile());
  await sqlite(normal, { synchronous: "normal" }).migrate();
  expect(normal.pragma("synchronous")).toEqual([{ synchronous: 1 }]);
});

test("a store without a schema says what to do", async () => {
  const store = sqlite(open(newFile()));
  await expect(store.create(signIn())).rejects.toThrow(TypeError);
  await expect(store.create(signIn())).rejects.toThrow(/call store\.migrate\(\) first/);
});

test("a handle that will not do is refused at once", () => {
  const handle: SqliteDatabase = open(":memory:");
  const { exec, prepare } = handle;
  const wrong: unknown[] = [undefined, null, {}, { exec }, { exec, prepare }, "sessions.db"];
  for (const database of wrong) {
    expect(() => Reflect.apply(sqlite, undefined, [database])).toThrow(TypeError);
  }
  expect(() => Reflect.apply(sqlite, undefined, [handle, { synchronous: "off" }])).toThrow(
    /synchronous/,
  );
});

test("a handle that gives integers as bigint is understood", async () => {
  const handle = open(newFile());
  handle.defaultSafeIntegers(true);
  const store = sqlite(handle);
  await store.migrate();
  const session = signIn({ limit: { max: 1, onLimit: "evict-oldest" } });
  await store.create(session);
  expect((await store.list(ada, { limit: 1, after: null, now: NOW }))[0]?.createdAt).toBe(NOW);
  expect(await store.changes(null, 0, NOW)).toMatchObject({ whole: true });
});

test("everywhere, evictions and batches take as many statements for 500 sessions as for 2", async () => {
  const count = async (sessions: number) => {
    const handle = open(":memory:");
    let statements = 0;
    const counted: SqliteDatabase = {
      exec(sql) {
        statements += 1;
        handle.exec(sql);
      },
      prepare(sql) {
        const statement = handle.prepare(sql);
        return {
          all(...values) {
            statements += 1;
            return statement.all(...values);
          },
          run(...values) {
            statements += 1;
            return statement.run(...values);
          },
        };
      },
      get inTransaction() {
        return handle.inTransaction;
      },
    };
    const store = sqlite(counted);
    await store.migrate();
    const ids = Array.from({ length: sessions }, () => signIn()).map((input) => {
      store.create(input);
      return input.id;
    });
    statements = 0;
    const seen: number[] = [];
    const revocation = { reason: "revoke_all", actor: system };
    await store.touch(
      ids.map((id) => ({ id, at: NOW + 1 })),
      NOW,
    );
    seen.push(statements);
    await store.confirm(
      ids.map((id) => ({ id, generation: 1 })),
      NOW,
    );
    seen.push(statements);
    const limit = { max: 1, onLimit: "evict-least-recently-used" } as const;
    const created = await store.create(signIn({ limit }));
    expect(created.outcome === "created" ? created.ended : []).toHaveLength(sessions);
    seen.push(statements);
    for (let turn = 0; turn < sessions; turn += 1) await store.create(signIn());
    statements = 0;
    const ended = await store.revokeAll(ada, { revocation, except: null, now: NOW });
    expect(ended).toHaveLength(sessions + 1);
    seen.push(statements);
    return seen;
  };
  expect(await count(500)).toEqual(await count(2));
});
