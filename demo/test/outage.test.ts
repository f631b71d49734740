import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { startTcpProxy } from "../../packages/rollcall/test/faults/tcp-proxy.js";
import {
  type Demo,
  type DemoAnswer,
  dataFolder,
  PASSWORD,
  signIn,
  startDemo,
} from "../../packages/rollcall/test/support/demo.js";
import {
  createDatabase,
  postgresAvailable,
} from "../../packages/rollcall/test/support/postgres.js";

const ADA = "ada@example.com";

function login(demo: Demo, password = PASSWORD): Promise<DemoAnswer> {
  return demo.call("POST", "/auth/login", { body: { email: ADA, password } });
}

function expectUnavailable(answer: DemoAnswer): void {
  expect([answer.status, answer.json.errorCode]).toEqual([503, "EC005"]);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
}

describe.skipIf(!postgresAvailable)("on Postgres", () => {
  test("a database that is gone is a 503 to right and wrong passwords alike", async () => {
    const database = await createDatabase();
    const demo = await startDemo({
      ROLLCALL_DATA: await dataFolder(),
      DATABASE_URL: database.url,
    });
    const { access } = await signIn(demo, ADA);
    await database.drop();
    expectUnavailable(await login(demo));
    expectUnavailable(await login(demo, "wrong"));
    expectUnavailable(await demo.call("GET", "/me", { token: access }));
    expect(await demo.stop()).toBe(0);
  });

  test("a network that stalls is a 503 in time, and costs nothing afterwards", async () => {
    const database = await createDatabase();
    const url = new URL(database.url);
    const proxy = await startTcpProxy(Number(url.port));
    url.port = String(proxy.port);
    const demo = await startDemo({ ROLLCALL_DATA: await dataFolder(), DATABASE_URL: url.href });
    // So that there are connections that hang, and not only some that cannot be opened.
    await Promise.all(Array.from({ length: 12 }, () => signIn(demo, ADA)));
    proxy.stall();
    // More than there are connections.
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(demo)));
    for (const answer of answers) expectUnavailable(answer);
    proxy.resume();
    await expect.poll(async () => (await login(demo)).status, { timeout: 10_000 }).toBe(200);
    await demo.kill();
    await proxy.close();
    await database.drop();
  });
});

test("on SQLite, who waits for another process's write holds up nobody else", async () => {
  const folder = await dataFolder();
  const demo = await startDemo({ ROLLCALL_DATA: folder });
  const undisturbed = performance.now();
  await login(demo, "wrong");
  const took = performance.now() - undisturbed;
  const other = new Database(join(folder, "rollcall.db"));
  other.exec("BEGIN IMMEDIATE");
  const waiting = login(demo, "wrong");
  const begun = performance.now();
  // By then it has come to its write and waits; not much longer, since it does so for two seconds only.
  while (performance.now() - begun < 2 * took) {
    expect((await demo.call("GET", "/")).status).toBe(200);
  }
  other.exec("COMMIT");
  other.close();
  expect((await waiting).status).toBe(401);
});
