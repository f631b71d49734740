import type { SessionStore, Sessions } from "rollcall";
import { createSessions } from "rollcall";
import { postgres } from "rollcall/postgres";
import { describe, expect, test } from "vitest";
import { postgresAvailable } from "../../support/postgres.js";
import { counting, refusal, secret, user } from "../../support/sessions.js";
import { afterwards, begin, newDatabase } from "./fixtures.js";

/** A process with a session manager of its own. */
function manage(store: SessionStore): { sessions: Sessions; finds: () => number } {
  const counted = counting(store);
  const sessions = createSessions({ store: counted.store, secret, storeTimeout: "30s" });
  afterwards(() => sessions.close());
  return { sessions, finds: () => counted.counts.get("find") ?? 0 };
}

describe.skipIf(!postgresAvailable)("a token of a sign-in in the caller's transaction", () => {
  test("is good once it was committed, which each process asks once", async () => {
    const database = await newDatabase();
    const store = postgres(database.pool());
    await store.migrate();
    const one = manage(store);
    const two = manage(postgres(database.pool()));
    const client = await begin(database);
    const { tokens, session } = await one.sessions.in(client).start(user);
    const token = tokens.accessToken.token;
    for (const { sessions } of [one, two]) {
      expect((await refusal(sessions.verify(token))).reason).toBe("unknown");
      expect(sessions.verifyNow(token)).toBeNull();
    }
    await client.query("commit");
    for (const { sessions, finds } of [one, two]) {
      const before = finds();
      const principal = await sessions.verify(token);
      expect(principal).toMatchObject({ user, sessionId: session.id, claims: {} });
      await sessions.verify(token);
      expect(sessions.verifyNow(token)?.sessionId).toBe(session.id);
      expect(finds() - before).toBe(1);
    }
    // What comes of a refresh is an ordinary token.
    const next = await one.sessions.refresh(tokens.refreshToken.token);
    const before = one.finds();
    expect(await one.sessions.verify(next.tokens.accessToken.token)).toMatchObject({ user });
    expect(one.finds()).toBe(before);
  });

  test("is never good when it was rolled back, to a savepoint too", async () => {
    const database = await newDatabase();
    const store = postgres(database.pool());
    await store.migrate();
    const { sessions } = manage(store);
    const client = await begin(database);
    await client.query("savepoint a");
    const first = await sessions.in(client).start(user);
    await client.query("rollback to a");
    const second = await sessions.in(client).start(user);
    await client.query("rollback");
    for (const { tokens } of [first, second]) {
      expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("unknown");
      expect((await refusal(sessions.refresh(tokens.refreshToken.token))).reason).toBe("unknown");
      const both = {
        accessToken: tokens.accessToken.token,
        refreshToken: tokens.refreshToken.token,
      };
      await sessions.logout(both);
    }
  });

  test("is refused when its session ended before this process saw it first", async () => {
    const database = await newDatabase();
    const store = postgres(database.pool());
    await store.migrate();
    const { sessions } = manage(store);
    const client = await begin(database);
    const { tokens, session } = await sessions.in(client).start(user);
    await sessions.in(client).revoke(user, session.id);
    await client.query("commit");
    expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
  });
});
