import { sqlite } from "rollcall/sqlite";
import { expect, test } from "vitest";
import type { HintListener } from "../../../src/core/port/changes.js";
import { ada, NOW, newFile, newId, open, signIn, system } from "./fixtures.js";

const revocation = { reason: "revoked", actor: system };

async function withRevocations(path: string, count: number) {
  const handle = open(path);
  const store = sqlite(handle);
  await store.migrate();
  const ids = [];
  for (let turn = 0; turn < count; turn += 1) {
    const session = signIn();
    await store.create(session);
    await store.revoke(ada, session.id, revocation, NOW);
    ids.push(session.id);
  }
  return { handle, store, ids };
}

test("a cursor of another database is void", async () => {
  const { store, ids } = await withRevocations(newFile(), 2);
  const other = await withRevocations(newFile(), 5);
  const { cursor } = await other.store.changes(null, 0, NOW);
  const page = await store.changes(cursor, 0, NOW);
  expect(page.whole).toBe(true);
  expect(page.revoked.map(({ id }) => id).sort()).toEqual([...ids].sort());
});

test("the cursor of another database that was empty is void too", async () => {
  const { store } = await withRevocations(newFile(), 1);
  const other = await withRevocations(newFile(), 0);
  const { cursor } = await other.store.changes(null, 0, NOW);
  expect(await other.store.changes(cursor, 0, NOW)).toMatchObject({ whole: false });
  expect(await store.changes(cursor, 0, NOW)).toMatchObject({ whole: true });
});

test("a cursor is void in a restored backup, however much was written to it since", async () => {
  const backup = newFile();
  const lost = await withRevocations(newFile(), 2);
  lost.handle.exec(`VACUUM INTO '${backup}'`);
  for (let turn = 0; turn < 2; turn += 1) await lost.store.create(signIn());
  const { cursor } = await lost.store.changes(null, 0, NOW);

  // The backup holds fewer events than the cursor has seen …
  const restored = await withRevocations(backup, 0);
  expect(await restored.store.changes(cursor, 0, NOW)).toMatchObject({ whole: true });
  // … then as many, with another session behind the same id, then more.
  for (let turn = 0; turn < 2; turn += 1) {
    const since = await withRevocations(backup, 1);
    const page = await since.store.changes(cursor, 0, NOW);
    expect(page.whole).toBe(true);
    expect(page.revoked.map(({ id }) => id)).toEqual(expect.arrayContaining(since.ids));
  }
});

test("garbage for a cursor gives the whole window", async () => {
  const { store, ids } = await withRevocations(newFile(), 1);
  const { cursor } = await store.changes(null, 0, NOW);
  for (const garbage of ["", "x", `${cursor}0`, cursor.slice(1), "' OR 1=1 --", `${cursor}\n`]) {
    const page = await store.changes(garbage, 0, NOW);
    expect(page.whole, garbage).toBe(true);
    expect(page.revoked.map(({ id }) => id)).toEqual(ids);
  }
});

test("a cursor stays good when its event is purged; ids are not given again", async () => {
  const { store } = await withRevocations(newFile(), 1);
  const { cursor } = await store.changes(null, 0, NOW);
  expect(await store.purge(NOW + 40 * 86_400_000, 10)).toBe(1);
  expect(await store.changes(cursor, 0, NOW)).toMatchObject({ whole: false, cursor, events: [] });
  const session = signIn();
  await store.create(session);
  const next = await store.changes(cursor, 0, NOW);
  expect(next).toMatchObject({ whole: false, events: [{ id: "3", sessionId: session.id }] });
});

test("events of a later release are passed over, and the cursor with them", async () => {
  const { handle, store } = await withRevocations(newFile(), 1);
  const { cursor } = await store.changes(null, 0, NOW);
  handle.exec(`
    INSERT INTO rollcall_events (at, type, user_type, user_id, session_id, actor, origin)
    VALUES (${NOW}, 'session.painted', 'user', 'ada', '${newId()}', '{"kind":"system"}', '')`);
  const page = await store.changes(cursor, 0, NOW);
  expect(page).toMatchObject({ whole: false, events: [] });
  expect(page.cursor).not.toBe(cursor);
});

test("events carry who did it and which process", async () => {
  const { store } = await withRevocations(newFile(), 0);
  const { cursor } = await store.changes(null, 0, NOW);
  store.configure({ storeTimeout: 2000, processId: "process-1" });
  const session = signIn();
  await store.create(session);
  const actor = { kind: "admin", id: "grace" } as const;
  await store.revoke(ada, session.id, { reason: "stolen", actor }, NOW + 1);
  const { events } = await store.changes(cursor, 0, NOW);
  const base = { user: ada, sessionId: session.id, processId: "process-1" };
  const self = { kind: "self", sessionId: session.id };
  expect(events).toEqual([
    { ...base, id: "1", at: NOW, type: "session.created", actor: self },
    { ...base, id: "2", at: NOW + 1, type: "session.revoked", actor, reason: "stolen" },
  ]);
});

test("listeners are told of each commit that others must learn of, once, and of nothing else", async () => {
  const { store } = await withRevocations(newFile(), 0);
  let hints = 0;
  const states: boolean[] = [];
  const listener: HintListener = {
    changed() {
      hints += 1;
      throw new Error("a listener that throws breaks nothing");
    },
    connected: (up) => states.push(up),
  };
  const leave = await store.subscribe?.(listener);
  expect(states).toEqual([true]);
  const session = signIn();
  await store.create(session);
  expect(hints).toBe(1);
  const terms = {
    keyId: "k1",
    presentedKeyId: "k1",
    ip: null,
    userAgent: null,
    retryWindow: 30_000,
    accessTokenTtl: 1,
    now: NOW,
  };
  await store.rotate({ id: session.id, presented: 1, ...terms });
  await store.rotate({ id: session.id, presented: 1, ...terms });
  await store.touch([{ id: session.id, at: NOW + 1 }], NOW);
  expect(hints).toBe(1);
  await store.revoke(ada, session.id, revocation, NOW);
  expect(hints).toBe(2);
  await leave?.();
  await store.create(signIn());
  expect(hints).toBe(2);
});
