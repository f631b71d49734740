import Database from "libsql";
import { sqlite } from "rollcall/sqlite";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { eventOf, open, refusal, user } from "../../support/sessions.js";

async function migrated() {
  const handle = new Database(":memory:");
  const store = sqlite(handle);
  await store.migrate();
  return { handle, ...open({ store }, manualClock()) };
}

test("contract §5.5: inSync takes effect if and only if the caller's transaction commits", async () => {
  const { handle, sessions, clock } = await migrated();
  const kept = handle.transaction(() => sessions.inSync().start(user))();
  await sessions.verify(kept.tokens.accessToken.token);
  expect(() =>
    handle.transaction(() => {
      sessions.inSync().revokeAll(user);
      throw new Error("rolled back");
    })(),
  ).toThrow("rolled back");
  expect((await sessions.list(user)).sessions).toHaveLength(1);

  const told = eventOf(sessions, "session.revoked");
  handle.transaction(() => sessions.inSync().revoke(user, kept.session.id))();
  // No other process is told sooner than this one: by the next catch-up read.
  clock.advance(1000);
  await told;
  expect((await refusal(sessions.verify(kept.tokens.accessToken.token))).reason).toBe("revoked");
});

test("any other call inside the caller's transaction is refused, also one that would wait first", async () => {
  const { handle, sessions } = await migrated();
  const { session } = await sessions.start(user);
  const refused: Promise<unknown>[] = [];
  handle.transaction(() => {
    refused.push(sessions.start(user), sessions.revoke(user, session.id), sessions.list(user));
  })();
  for (const promise of refused) await expect(promise).rejects.toThrow(/inSync\(\)/);
  expect((await sessions.list(user)).sessions).toHaveLength(1);
});
