import Database from "libsql";
import { createSessions } from "rollcall";
import { sqlite } from "rollcall/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { refusal, secret, user } from "../../support/sessions.js";
import { newFile } from "./fixtures.js";

async function application() {
  const handle = new Database(newFile());
  const store = sqlite(handle);
  await store.migrate();
  handle.exec("CREATE TABLE account (role TEXT); INSERT INTO account VALUES ('admin')");
  const sessions = createSessions({
    store,
    secret,
    storeTimeout: "30s",
    claimsFor: () =>
      JSON.parse(JSON.stringify(handle.prepare("SELECT role FROM account").get() ?? null)),
  });
  onTestFinished(async () => {
    await sessions.close();
    handle.close();
  });
  const reduce = (): number => {
    handle.exec("UPDATE account SET role = 'reader'");
    return sessions.inSync().refreshClaims(user);
  };
  return { handle, sessions, reduce };
}

test("inSync().refreshClaims takes effect if and only if the caller commits", async () => {
  const { handle, sessions, reduce } = await application();
  const signIn = await sessions.start(user);
  const { token } = signIn.tokens.accessToken;
  await sessions.verify(token);
  handle.exec("BEGIN");
  expect(reduce()).toBe(1);
  handle.exec("ROLLBACK");
  const next = await sessions.refresh(signIn.tokens.refreshToken.token);
  expect((await sessions.verify(next.tokens.accessToken.token)).claims).toMatchObject({
    role: "admin",
  });
  expect(handle.transaction(reduce)()).toBe(1);
  await expect.poll(async () => (await refusal(sessions.verify(token))).reason).toBe("outdated");
  expect((await refusal(sessions.verify(next.tokens.accessToken.token))).reason).toBe("outdated");
  const last = await sessions.refresh(next.tokens.refreshToken.token);
  expect(last.principal.claims).toMatchObject({ role: "reader" });
});

test("a sign-in in the transaction that changed the role has the role of now", async () => {
  const { handle, sessions, reduce } = await application();
  const { tokens } = handle.transaction(() => {
    reduce();
    return sessions.inSync().start(user);
  })();
  expect((await sessions.verify(tokens.accessToken.token)).claims).toMatchObject({
    role: "reader",
  });
});

test("it works in a transaction alone", async () => {
  const { sessions } = await application();
  expect(() => sessions.inSync().refreshClaims(user)).toThrow(/works only inside a transaction/);
});

test("the user is gone when asked once more in the transaction: the session ends with it", async () => {
  const handle = new Database(newFile());
  const store = sqlite(handle);
  await store.migrate();
  const answers: ({ role: string } | null)[] = [{ role: "admin" }, null];
  const sessions = createSessions({ store, secret, claimsFor: () => answers.shift() ?? null });
  onTestFinished(async () => {
    await sessions.close();
    handle.close();
  });
  await sessions.refreshClaims(user);
  handle.exec("BEGIN");
  expect(() => sessions.inSync().start(user)).toThrow(
    expect.objectContaining({ reason: "user_gone" }),
  );
  handle.exec("COMMIT");
  expect((await sessions.list(user)).sessions).toEqual([]);
});
