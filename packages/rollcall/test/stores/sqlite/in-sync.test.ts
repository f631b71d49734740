import { sqlite } from "rollcall/sqlite";
import { expect, test } from "vitest";
import { ada, LOOK, NOW, newFile, newId, open, signIn, system, watched } from "./fixtures.js";

const revocation = { reason: "revoked", actor: system };

async function migrated() {
  const path = newFile();
  const handle = open(path);
  const store = sqlite(handle);
  await store.migrate();
  const inside = store.inSync?.();
  if (inside === undefined) throw new Error("inSync is missing");
  return { path, handle, store, inside };
}

test("what inSync writes takes effect if and only if the caller commits", async () => {
  const { handle, store, inside } = await migrated();
  const kept = signIn();
  const dropped = signIn();
  handle.transaction(() => inside.create(kept))();
  expect(() =>
    handle.transaction(() => {
      inside.create(dropped);
      inside.revoke(ada, kept.id, revocation, NOW);
      inside.revokeAll(ada, { revocation, except: null, now: NOW });
      throw new Error("rolled back");
    })(),
  ).toThrow("rolled back");
  expect(await store.get(ada, dropped.id)).toBeNull();
  expect((await store.get(ada, kept.id))?.revokedAt).toBeNull();
  expect(await store.create(signIn({ authenticatedAt: NOW - 1 }))).toMatchObject({
    outcome: "created",
  });

  handle.transaction(() => inside.revoke(ada, kept.id, revocation, NOW))();
  expect((await store.get(ada, kept.id))?.revokedAt).toBe(NOW);
});

test("a cursor taken before finds what inSync committed, and nothing it rolled back", async () => {
  const { handle, store, inside } = await migrated();
  const session = signIn();
  await store.create(session);
  const { cursor } = await store.changes(null, 0, NOW);
  handle.exec("BEGIN");
  inside.revoke(ada, session.id, revocation, NOW);
  handle.exec("ROLLBACK");
  expect(await store.changes(cursor, 0, NOW)).toMatchObject({ whole: false, events: [] });
  handle.transaction(() => inside.revoke(ada, session.id, revocation, NOW))();
  const page = await store.changes(cursor, 0, NOW);
  expect(page.revoked.map(({ id }) => id)).toEqual([session.id]);
});

test("inSync refuses to work outside a transaction", async () => {
  const { store, inside } = await migrated();
  const session = signIn();
  const outside = /inSync\(\)\.\w+\(\) works only inside a transaction/;
  expect(() => inside.create(session)).toThrow(outside);
  expect(() => inside.revoke(ada, session.id, revocation)).toThrow(TypeError);
  expect(() => inside.revokeAll(ada, { revocation, except: null })).toThrow(TypeError);
  expect(await store.get(ada, session.id)).toBeNull();
});

test("a call of inSync is all or nothing, also when the caller catches and commits", async () => {
  const { handle, store, inside } = await migrated();
  const first = signIn();
  await store.create(first);
  const { cursor } = await store.changes(null, 0, NOW);
  handle.exec("BEGIN");
  // The id is taken, which shows only after the older session was evicted.
  const limit = { max: 1, onLimit: "evict-oldest" } as const;
  expect(() => inside.create(signIn({ id: first.id, limit }))).toThrow(/UNIQUE/);
  handle.exec("COMMIT");
  expect((await store.get(ada, first.id))?.revokedAt).toBeNull();
  expect((await store.changes(cursor, 0, NOW)).events).toEqual([]);
});

test("every other call refuses to work inside the caller's transaction", async () => {
  const { handle, store } = await migrated();
  const id = newId();
  const calls = {
    migrate: () => store.migrate(),
    create: () => store.create(signIn()),
    rotate: () =>
      store.rotate({
        id,
        presented: 1,
        keyId: "k",
        presentedKeyId: "k",
        ip: null,
        userAgent: null,
        retryWindow: 1,
        accessTokenTtl: 1,
      }),
    find: () => store.find(id),
    get: () => store.get(ada, id),
    list: () => store.list(ada, { limit: 1, after: null }),
    rename: () => store.rename(ada, id, { name: "n", actor: system }),
    revoke: () => store.revoke(ada, id, revocation),
    revokeAll: () => store.revokeAll(ada, { revocation, except: null }),
    confirm: () => store.confirm([{ id, generation: 1 }]),
    touch: () => store.touch([{ id, at: NOW }]),
    purge: () => store.purge(NOW, 1),
  };
  handle.exec("BEGIN");
  for (const [method, call] of Object.entries(calls)) {
    const refused = await call().catch((error: unknown) => error);
    expect(refused, method).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain(`${method}() was called while the handle is inside`);
    expect(String(refused)).toContain("use inSync()");
  }
  handle.exec("ROLLBACK");
});

test("changes waits for the end of the caller's transaction and reads only what is committed", async () => {
  const { path, store: first } = await migrated();
  const session = signIn();
  await first.create(session);
  const handle = open(path);
  const { database, until } = watched(handle);
  const store = sqlite(database);
  store.configure({ storeTimeout: 60_000, processId: "" });
  const { cursor } = await store.changes(null, 0, NOW);
  handle.exec("BEGIN");
  store.inSync?.().revoke(ada, session.id, revocation, NOW);
  let answered = false;
  const looks = until(LOOK, 5);
  const reading = store.changes(cursor, 0, NOW).finally(() => {
    answered = true;
  });
  await looks;
  expect(answered).toBe(false);
  handle.exec("ROLLBACK");
  expect(await reading).toMatchObject({ whole: false, events: [], revoked: [] });
});

test("changes gives up at storeTimeout, with an error that is no TypeError", async () => {
  const { handle, store } = await migrated();
  store.configure({ storeTimeout: 60, processId: "" });
  handle.exec("BEGIN");
  const refused = await store.changes(null, 0, NOW).catch((error: unknown) => error);
  handle.exec("ROLLBACK");
  expect(refused).toBeInstanceOf(Error);
  expect(refused).not.toBeInstanceOf(TypeError);
  expect(String(refused)).toContain("changes was kept waiting for 60 ms");
});
