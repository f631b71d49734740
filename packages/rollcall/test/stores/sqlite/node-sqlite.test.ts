import { getBuiltinModule } from "node:process";
import { type SqliteDatabase, sqlite } from "rollcall/sqlite";
import { expect, test } from "vitest";
import { ada, NOW, newFile, signIn, system } from "./fixtures.js";

/** Node 20 has none, and its types say nothing of it. */
function openBuiltin(path: string): SqliteDatabase | null {
  const builtin: unknown = getBuiltinModule?.("node:sqlite");
  if (typeof builtin !== "object" || builtin === null || !("DatabaseSync" in builtin)) return null;
  if (typeof builtin.DatabaseSync !== "function") return null;
  const database: SqliteDatabase = Reflect.construct(builtin.DatabaseSync, [path]);
  return "isTransaction" in database ? database : null;
}

const available = openBuiltin(":memory:") !== null;

test.skipIf(!available)("node:sqlite (needs Node 22.16) does as libsql does", async () => {
  const path = newFile();
  const handle = openBuiltin(path);
  const other = openBuiltin(path);
  if (handle === null || other === null) throw new Error("node:sqlite is missing");
  const store = sqlite(handle);
  await store.migrate();
  const session = signIn({ deviceInfo: { ip: "::1" } });
  const created = await store.create(session);
  expect(created).toMatchObject({ outcome: "created", ended: [] });
  const { cursor } = await store.changes(null, 0, NOW);
  const terms = {
    keyId: "k2",
    presentedKeyId: "k1",
    ip: null,
    userAgent: null,
    retryWindow: 30_000,
    accessTokenTtl: 1,
    now: NOW + 1,
  };
  const rotated = await store.rotate({ id: session.id, presented: 1, ...terms });
  expect(rotated).toMatchObject({ outcome: "rotated", session: { generation: 2, keyId: "k2" } });

  other.exec("BEGIN IMMEDIATE");
  const waiting = store.revoke(ada, session.id, { reason: "x", actor: system }, NOW + 2);
  await new Promise((resolve) => setTimeout(resolve, 0));
  other.exec("COMMIT");
  expect(await waiting).toMatchObject({ changed: true });

  handle.exec("BEGIN");
  await expect(store.get(ada, session.id)).rejects.toThrow(TypeError);
  const second = signIn();
  store.inSync?.().create(second);
  handle.exec("COMMIT");
  const page = await sqlite(other).changes(cursor, 0, NOW);
  expect(page).toMatchObject({ whole: false, revoked: [{ id: session.id }] });
  expect(page.events.map(({ type }) => type)).toEqual(["session.revoked", "session.created"]);
});
