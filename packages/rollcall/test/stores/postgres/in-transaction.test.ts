import { PGlite } from "@electric-sql/pglite";
import { describe, expect, test } from "vitest";
import { ada, grace, newSession } from "../../../src/testing/conformance/new-session.js";
import { postgresAvailable } from "../../support/postgres.js";
import { afterwards, begin, connect, LOGOUT, openPooled, openStore, signIn } from "./fixtures.js";

describe.skipIf(!postgresAvailable)("in the caller's transaction", () => {
  test("what was done takes effect if and only if it commits", async () => {
    const { database, store } = await openPooled();
    const old = await signIn(store);
    const foreign = await signIn(store, { user: grace });
    for (const end of ["rollback", "commit"]) {
      const client = await begin(database);
      const inside = store.in?.(client) ?? expect.unreachable();
      const limit = { max: 1, onLimit: "evict-oldest" } as const;
      const { id } = await signIn(inside, { limit });
      expect((await inside.revoke(grace, foreign.id, LOGOUT))?.changed).toBe(true);
      expect((await store.get(grace, foreign.id))?.revokedAt).toBeNull();
      expect(await store.get(ada, id)).toBeNull();
      await client.query(end);
      const kept = end === "commit";
      expect((await store.get(ada, id)) !== null).toBe(kept);
      expect((await store.get(ada, old.id))?.revokedReason).toBe(kept ? "evicted" : null);
      expect((await store.get(grace, foreign.id))?.revokedReason).toBe(kept ? "logout" : null);
    }
  });

  test("everywhere in a transaction: a sign-in waits for it, and needs a newer proof", async () => {
    const { database, store } = await openPooled();
    await signIn(store);
    const authenticatedAt = Date.now() - 1000;
    const client = await begin(database);
    const input = { revocation: LOGOUT, except: null };
    expect(await store.in?.(client).revokeAll(ada, input)).toHaveLength(1);
    const early = store.create(newSession({ authenticatedAt }));
    const counted = store.create(
      newSession({ authenticatedAt, limit: { max: 9, onLimit: "refuse" } }),
    );
    await client.query("commit");
    expect([await early, await counted]).toEqual([
      { outcome: "outdated" },
      { outcome: "outdated" },
    ]);
    await signIn(store, { authenticatedAt: Date.now() + 1000 });
  });

  test("the caller's settings stay as they are", async () => {
    const { database, store } = await openPooled();
    const session = await signIn(store);
    const client = await begin(database);
    await client.query("set local lock_timeout = '7s'");
    await client.query("set local statement_timeout = '8s'");
    const inside = store.in?.(client) ?? expect.unreachable();
    await signIn(inside, { limit: { max: 3, onLimit: "refuse" }, replaces: session.id });
    await inside.revoke(ada, session.id, LOGOUT);
    await inside.revokeAll(ada, { revocation: LOGOUT, except: null });
    const { rows } = await client.query(
      "select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement",
    );
    expect(rows).toEqual([{ lock: "7s", statement: "8s" }]);
  });

  test("it can be rolled back to a savepoint of the caller's", async () => {
    const { database, store } = await openPooled();
    const session = await signIn(store);
    const client = await begin(database);
    const inside = store.in?.(client) ?? expect.unreachable();
    await client.query("savepoint a");
    await inside.revoke(ada, session.id, LOGOUT);
    await client.query("rollback to a");
    await client.query("commit");
    expect((await store.get(ada, session.id))?.revokedAt).toBeNull();
  });

  test("without a transaction, and on what can hold none, it is a mistake", async () => {
    const { database, store } = await openPooled();
    const client = await connect(database);
    const input = { revocation: LOGOUT, except: null };
    await client.query("select 1");
    await expect(store.in?.(client).revokeAll(ada, input)).rejects.toThrow(
      new TypeError("in(client): begin a transaction on this client first, and await it"),
    );
    for (const wrong of [database.pool(), null, undefined, {}, "client"]) {
      expect(() => store.in?.(wrong)).toThrow(TypeError);
    }
  });
});

test("PGlite: in its transaction()", async () => {
  const client = new PGlite();
  afterwards(() => client.close());
  const store = openStore(client);
  await store.migrate();
  const session = await signIn(store);
  const attempt = client.transaction(async (transaction) => {
    const inside = store.in?.(transaction) ?? expect.unreachable();
    await inside.revoke(ada, session.id, LOGOUT);
    await signIn(inside, { user: grace, limit: { max: 1, onLimit: "refuse" } });
    throw new Error("changed my mind");
  });
  await expect(attempt).rejects.toThrow("changed my mind");
  expect((await store.get(ada, session.id))?.revokedAt).toBeNull();
  await client.transaction(async (transaction) => {
    await store.in?.(transaction).revoke(ada, session.id, LOGOUT);
  });
  expect((await store.get(ada, session.id))?.revokedReason).toBe("logout");
});
