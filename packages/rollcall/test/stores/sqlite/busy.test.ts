import { sqlite } from "rollcall/sqlite";
import { expect, test } from "vitest";
import { ada, child, NOW, newFile, open, signIn, system, watched } from "./fixtures.js";

/** Holds the write lock until told to let go. */
const WRITER = `
  const database = new Database(argv[0]);
  database.exec("BEGIN IMMEDIATE");
  say("locked");
  await go;
  database.exec("COMMIT");
  database.close();
  say("released");`;

async function lockedByAnother() {
  const path = newFile();
  const store = sqlite(open(path));
  await store.migrate();
  const existing = signIn();
  await store.create(existing);
  const writer = child(WRITER, path);
  expect(await writer.line()).toBe("locked");
  return { path, store, writer, existing };
}

const refresh = (id: ReturnType<typeof signIn>["id"]) => ({
  id,
  presented: 1,
  keyId: "k1",
  presentedKeyId: "k1",
  ip: null,
  userAgent: null,
  retryWindow: 30_000,
  accessTokenTtl: 600_000,
  now: NOW,
});

test("a writer in another process holds up neither the event loop nor readers", async () => {
  const { path, writer, existing } = await lockedByAnother();
  const attempts = new Map<number, number>();
  let turn = 0;
  const { database, until } = watched(open(path), (what) => {
    if (what === "BEGIN IMMEDIATE") attempts.set(turn, (attempts.get(turn) ?? 0) + 1);
  });
  const store = sqlite(database);
  store.configure({ storeTimeout: 60_000, processId: "" });
  const turns = setInterval(() => {
    turn += 1;
  }, 0);
  const tenAttempts = until("BEGIN IMMEDIATE", 10);
  const sessions = Array.from({ length: 20 }, () => signIn());
  const writes = Promise.all([
    store.rotate(refresh(existing.id)),
    ...sessions.map((session) => store.create(session)),
  ]);
  // Reads go on meanwhile.
  expect(await store.find(existing.id, NOW)).toMatchObject({ session: { generation: 1 } });
  expect(await store.changes(null, 0, NOW)).toMatchObject({ whole: true });
  await tenAttempts;
  clearInterval(turns);
  // Each attempt blocks for the busy timeout of 25 ms: 21 waiting writers must not add up.
  expect(Math.max(...attempts.values())).toBe(1);
  writer.go();
  expect(await writer.line()).toBe("released");
  const outcomes = await writes;
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([
    "rotated",
    ...sessions.map(() => "created"),
  ]);
  const elsewhere = sqlite(open(path));
  expect(await elsewhere.list(ada, { limit: 100, after: null, now: NOW })).toHaveLength(21);
});

test("a write that is kept waiting ends with an error at storeTimeout, and writes nothing", async () => {
  const { path, store, writer, existing } = await lockedByAnother();
  store.configure({ storeTimeout: 120, processId: "" });
  const late = signIn();
  const refused = await Promise.all(
    [
      store.create(late),
      store.rotate(refresh(existing.id)),
      store.revokeAll(ada, { revocation: { reason: "x", actor: system }, except: null, now: NOW }),
      store.touch([{ id: existing.id, at: NOW + 1 }], NOW),
      store.confirm([{ id: existing.id, generation: 1 }], NOW),
    ].map((call) => call.catch((error: unknown) => error)),
  );
  for (const error of refused) {
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(TypeError);
    expect(String(error)).toContain("kept waiting for 120 ms");
  }
  writer.go();
  expect(await writer.line()).toBe("released");

  // The handle is as good as before: what it acknowledges now is committed, for others to see.
  expect(await store.create(signIn())).toMatchObject({ outcome: "created" });
  expect(await store.rotate(refresh(existing.id))).toMatchObject({ outcome: "rotated" });
  const elsewhere = sqlite(open(path));
  expect(await elsewhere.list(ada, { limit: 100, after: null, now: NOW })).toHaveLength(2);
  expect(await elsewhere.find(late.id)).toBeNull();
  expect(await elsewhere.find(existing.id)).toMatchObject({ session: { generation: 2 } });
});

test("inSync meets a busy database with an error that leaves the handle in order", async () => {
  const { path, writer } = await lockedByAnother();
  const handle = open(path);
  const store = sqlite(handle);
  await store.find(signIn().id);
  const inside = store.inSync?.();
  handle.exec("BEGIN");
  expect(() => inside?.create(signIn())).toThrow(/locked/);
  handle.exec("ROLLBACK");
  writer.go();
  expect(await writer.line()).toBe("released");
  const session = signIn();
  handle.transaction(() => inside?.create(session))();
  expect(await sqlite(open(path)).find(session.id)).not.toBeNull();
});
