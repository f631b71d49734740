import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "rollcall/sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ada, child, compiledStore, newFile, open, signIn } from "./fixtures.js";

let built = "";
let store = "";

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), "rollcall-built-"));
  store = compiledStore(built);
});

afterAll(() => rmSync(built, { recursive: true, force: true }));

const MIGRATOR = `
  const { sqlite } = await import(argv[0]);
  const store = sqlite(new Database(argv[1]));
  // The default is short for eight processes on a busy machine.
  store.configure({ storeTimeout: 30_000, processId: "" });
  say("ready");
  await go;
  await store.migrate();
  const { outcome } = await store.create(JSON.parse(argv[2]));
  say(outcome);`;

test("eight processes migrate one new file at once, and use it right away", async () => {
  const path = newFile();
  const sessions = Array.from({ length: 8 }, () => signIn());
  const children = sessions.map((session) => child(MIGRATOR, store, path, JSON.stringify(session)));
  for (const one of children) expect(await one.line()).toBe("ready");
  for (const one of children) one.go();
  for (const one of children) expect(await one.line()).toBe("created");
  const handle = open(path);
  expect(await sqlite(handle).list(ada, { limit: 100, after: null, now: 0 })).toHaveLength(8);
  expect(handle.prepare("SELECT count(*) AS n FROM rollcall_identity").all()).toEqual([{ n: 1 }]);
  expect(handle.prepare("SELECT version FROM rollcall_migrations").all()).toEqual([
    { version: 1 },
    { version: 2 },
    { version: 3 },
    { version: 4 },
    { version: 5 },
  ]);
});

const WRITER = `
  const { sqlite } = await import(argv[0]);
  const store = sqlite(new Database(argv[1]));
  await store.migrate();
  const session = JSON.parse(argv[2]);
  await store.create(session);
  const terms = { keyId: "k1", presentedKeyId: "k1", ip: null, userAgent: null, retryWindow: 30000, accessTokenTtl: 600000 };
  for (let presented = 1; ; presented += 1) {
    const { session: row } = await store.rotate({ id: session.id, presented, ...terms });
    say(String(row.generation));
  }`;

test("SIGKILL right after an acknowledged write loses nothing", async () => {
  const path = newFile();
  const session = signIn({ now: Date.now() });
  const writer = child(WRITER, store, path, JSON.stringify(session));
  let acknowledged = "";
  for (let count = 0; count < 50; count += 1) acknowledged = await writer.line();
  writer.process.kill("SIGKILL");
  await writer.exited;
  const found = await sqlite(open(path)).find(session.id);
  expect(found?.session.generation).toBeGreaterThanOrEqual(Number(acknowledged));
});
