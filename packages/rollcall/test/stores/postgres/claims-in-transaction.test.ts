import type { Sessions, SessionsOptions, SignIn } from "rollcall";
import { createSessions } from "rollcall";
import { type PostgresClient, postgres } from "rollcall/postgres";
import { describe, expect, test } from "vitest";
import { postgresAvailable, type TestDatabase } from "../../support/postgres.js";
import { secret, user } from "../../support/sessions.js";
import { afterwards, begin, connect, newDatabase } from "./fixtures.js";

interface Account {
  role: string;
}

/** An application that keeps roles in the same database, read outside of any transaction. */
async function application(): Promise<{
  readonly database: TestDatabase;
  readonly sessions: Sessions;
  readonly another: () => Sessions;
}> {
  const database = await newDatabase();
  const pool = database.pool();
  await postgres(pool).migrate();
  await pool.query("create table account (role text not null)");
  await pool.query("insert into account values ('admin')");
  const options: Omit<SessionsOptions, "store"> = {
    secret,
    storeTimeout: "30s",
    claimsFor: async () => {
      const { rows } = await pool.query<Account>("select role from account");
      return { role: rows[0]?.role ?? "none" };
    },
  };
  const another = (): Sessions => {
    const sessions = createSessions({ store: postgres(pool), ...options });
    afterwards(() => sessions.close());
    return sessions;
  };
  return { database, sessions: another(), another };
}

const tokenOf = ({ tokens }: Pick<SignIn, "tokens">): string => tokens.accessToken.token;

describe.skipIf(!postgresAvailable)("refreshClaims in the caller's transaction", () => {
  test("takes effect if and only if it commits, in every process", async () => {
    const { database, sessions, another } = await application();
    const other = another();
    const signIn = await sessions.start(user);
    const undone = await begin(database);
    await undone.query("update account set role = 'reader'");
    expect(await sessions.in(undone).refreshClaims(user)).toBe(1);
    expect((await sessions.verify(tokenOf(signIn))).claims).toEqual({ role: "admin" });
    await undone.query("rollback");
    for (const one of [sessions, other]) await one.verify(tokenOf(signIn));

    const client = await begin(database);
    await client.query("update account set role = 'reader'");
    expect(await sessions.in(client).refreshClaims(user)).toBe(1);
    await sessions.verify(tokenOf(signIn));
    await client.query("commit");
    for (const one of [sessions, other, another()]) {
      // A hint is on its way; by `maxStaleness` it has arrived.
      await expect
        .poll(async () => (await one.verify(tokenOf(signIn)).catch((error) => error)).reason)
        .toBe("outdated");
    }
    const next = await other.refresh(signIn.tokens.refreshToken.token);
    expect((await sessions.verify(tokenOf(next))).claims).toEqual({ role: "reader" });
  });

  test("a sign-in and a refresh that asked before it committed wait, and ask again", async () => {
    const { database, sessions } = await application();
    const signIn = await sessions.start(user);
    const client = await begin(database);
    await client.query("update account set role = 'reader'");
    await sessions.in(client).refreshClaims(user);
    // Both read the role of before, and then wait for the rows that the transaction has locked.
    const starting = sessions.start(user);
    const refreshing = sessions.refresh(signIn.tokens.refreshToken.token);
    const waiting = await connect(database);
    await expect
      .poll(async () => {
        const { rows } = await waiting.query(
          "select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()) or not granted and locktype = 'transactionid'",
        );
        return rows.length;
      })
      .toBeGreaterThanOrEqual(2);
    await client.query("commit");
    for (const answer of [await starting, await refreshing]) {
      expect((await sessions.verify(tokenOf(answer))).claims).toEqual({ role: "reader" });
    }
  });

  test("statements: two for all sessions of a user, and none more for a sign-in or a refresh", async () => {
    const database = await newDatabase();
    const client = await connect(database);
    const sent: string[] = [];
    const counted: PostgresClient = {
      query(text, values) {
        sent.push(text);
        return client.query(text, values);
      },
    };
    const store = postgres(counted, { listen: false });
    await store.migrate();
    const sessions = createSessions({ store, secret, storeTimeout: "30s" });
    afterwards(() => sessions.close());
    const during = async <T>(action: () => Promise<T>): Promise<[T, number]> => {
      sent.length = 0;
      const answer = await action();
      return [answer, sent.filter((text) => text.includes("rollcall_")).length];
    };
    await during(() => sessions.start(user));
    const [signIn, first] = await during(() => sessions.start(user));
    expect(first).toBe(1);
    expect(await during(() => sessions.refreshClaims(user))).toEqual([2, 2]);
    const [, again] = await during(() => sessions.start(user));
    const [, refreshed] = await during(() => sessions.refresh(signIn.tokens.refreshToken.token));
    expect([again, refreshed]).toEqual([1, 1]);
  });
});
