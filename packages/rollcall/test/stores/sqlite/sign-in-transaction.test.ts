import Database from "libsql";
import type { ClaimsFor, JsonObject } from "rollcall";
import { createSessions } from "rollcall";
import { sqlite } from "rollcall/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { counting, refusal, secret, user } from "../../support/sessions.js";
import { newFile } from "./fixtures.js";

async function migrated(claims: JsonObject = { role: "admin" }) {
  const handle = new Database(newFile());
  const { store, counts } = counting(sqlite(handle));
  await store.migrate();
  const claimsFor = (): JsonObject => claims;
  const sessions = createSessions({ store, secret, claimsFor, storeTimeout: "30s" });
  onTestFinished(async () => {
    await sessions.close();
    handle.close();
  });
  return { handle, sessions, finds: () => counts.get("find") ?? 0 };
}

test("a token of inSync().start is good once its transaction was committed", async () => {
  const { handle, sessions, finds } = await migrated();
  const { tokens, session } = handle.transaction(() => sessions.inSync().start(user))();
  const token = tokens.accessToken.token;
  for (let i = 0; i < 3; i++) {
    expect(await sessions.verify(token)).toMatchObject({
      sessionId: session.id,
      claims: { role: "admin" },
    });
  }
  expect(finds()).toBe(1);
});

test("a token of inSync().start that was rolled back is never good", async () => {
  const { handle, sessions } = await migrated();
  handle.exec("BEGIN");
  const { tokens } = sessions.inSync().start(user);
  handle.exec("ROLLBACK");
  expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("unknown");
  expect((await refusal(sessions.refresh(tokens.refreshToken.token))).reason).toBe("unknown");
});

test("an ordinary token costs no read", async () => {
  const { sessions, finds } = await migrated();
  const { tokens } = await sessions.start(user);
  await sessions.verify(tokens.accessToken.token);
  expect(finds()).toBe(0);
});

test("claimsFor cannot say it", async () => {
  const { sessions } = await migrated({ rollcall_pending: false });
  await expect(sessions.start(user)).rejects.toThrow(/"rollcall_pending" is reserved/);
});

test("a claimsFor that cannot answer at once is refused, whatever it is that it answers with", async () => {
  const handle = new Database(newFile());
  const store = sqlite(handle);
  await store.migrate();
  // What a library answers with is often no Promise: a query that runs once it is awaited, say.
  const query = Object.fromEntries(["then"].map((method) => [method, () => undefined]));
  const answers = [Promise.resolve({}), Promise.reject(new Error("away")), query];
  for (const index of Object.keys(answers)) {
    const claimsFor: ClaimsFor = () => Reflect.get(answers, index);
    const sessions = createSessions({ store, secret, claimsFor });
    expect(() => handle.transaction(() => sessions.inSync().start(user))()).toThrow(
      /^claimsFor must answer synchronously/,
    );
    await sessions.close();
  }
  handle.close();
});

test("a sign-in in the transaction judges there what it replaces, by a token of it", async () => {
  const { handle, sessions } = await migrated();
  const other = { type: "user", id: "grace" };
  const tokenOf = async (): Promise<string> =>
    (await sessions.start(user)).tokens.refreshToken.token;
  const replacing = (refreshToken: string): void => {
    sessions.inSync().start(other, { replaces: { refreshToken, ofAnyUser: true } });
  };
  const token = await tokenOf();
  handle.exec("BEGIN");
  replacing(token);
  handle.exec("ROLLBACK");
  const { sessionId } = await sessions.verifyRefreshToken(token);
  handle.transaction(() => replacing(token))();
  expect((await sessions.get(user, sessionId))?.revokedReason).toBe("replaced");

  const copied = await tokenOf();
  const next = await sessions.refresh(copied);
  await sessions.refresh(next.tokens.refreshToken.token);
  handle.transaction(() => replacing(copied))();
  const ended = await sessions.get(user, next.session.id);
  expect(ended?.revokedReason).toBe("refresh_token_reuse");
});
