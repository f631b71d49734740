import { Client, type PoolClient } from "pg";
import type { SessionStore } from "rollcall";
import { type PostgresClient, type PostgresOptions, postgres } from "rollcall/postgres";
import { afterEach, expect } from "vitest";
import type { Revocation, StoredSession } from "../../../src/core/model/session.js";
import type { NewSession, Rotation } from "../../../src/core/port/operations.js";
import { newSession, TERMS } from "../../../src/testing/conformance/new-session.js";
import { createDatabase, type TestDatabase } from "../../support/postgres.js";

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Done after this test, the latest first. */
export function afterwards(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup);
}

export const LOGOUT: Revocation = { reason: "logout", actor: { kind: "user" } };

/** A fresh database, without any table. */
export async function newDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  afterwards(() => database.drop());
  return database;
}

/** For all that is not about `storeTimeout`: its default is short for a busy machine. */
export const PATIENT = { storeTimeout: 30_000, processId: "" } as const;

/** A patient store that is closed after the test. */
export function openStore(client: PostgresClient, options?: PostgresOptions): SessionStore {
  const store = postgres(client, options);
  store.configure(PATIENT);
  afterwards(() => store.close());
  return store;
}

/** A migrated store on a pool, and its database. */
export async function openPooled(
  options?: PostgresOptions,
): Promise<{ database: TestDatabase; store: SessionStore }> {
  const database = await newDatabase();
  const store = openStore(database.pool(), options);
  await store.migrate();
  return { database, store };
}

export async function connect(database: TestDatabase): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  client.on("error", () => {});
  await client.connect();
  afterwards(() => client.end());
  return client;
}

/** A client on which a transaction has begun; rolled back unless the test ends it. */
export async function begin(database: TestDatabase): Promise<PoolClient> {
  const client = await database.pool().connect();
  await client.query("begin");
  afterwards(async () => {
    await client.query("rollback");
    client.release();
  });
  return client;
}

/** A sign-in that must succeed. */
export async function signIn(
  store: Pick<SessionStore, "create">,
  differing: Partial<NewSession> = {},
): Promise<StoredSession> {
  const created = await store.create(newSession(differing));
  if (created.outcome !== "created") expect.unreachable(`the sign-in was ${created.outcome}`);
  return created.session;
}

/** A refresh on the default terms. */
export function presenting(
  { id, generation }: Pick<StoredSession, "id" | "generation">,
  differing: Partial<Rotation> = {},
): Rotation {
  const { retryWindow, accessTokenTtl } = TERMS;
  const terms = {
    keyId: "k1",
    presentedKeyId: "k1",
    ip: null,
    userAgent: null,
    retryWindow,
    accessTokenTtl,
  };
  return { id, presented: generation, ...terms, ...differing };
}

/** The SQLSTATE a call fails with. */
export async function failure(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => expect.unreachable("it did not fail"),
    (thrown: unknown) => thrown,
  );
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
