import { createKeyRing } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { open, refreshToken, refusal, secret, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V7.4: a session that has ended is over, whoever ended it.

test("7.4.1: after a sign-out neither token is good, in any process, nor ever again", async () => {
  const store = memory();
  const { sessions, clock } = open({ store });
  const other = open({ store }, clock).sessions;
  const signIn = await sessions.start(user);
  const { token } = signIn.tokens.accessToken;
  await other.verify(token);
  await sessions.logout({ accessToken: token, refreshToken: refreshToken(signIn) });
  clock.advance(2000);
  for (const process of [sessions, other]) {
    expect((await refusal(process.verify(token))).reason).toBe("revoked");
    expect((await refusal(process.refresh(refreshToken(signIn)))).reason).toBe("revoked");
  }
  // Not even for whoever may still write: the first ending stays.
  await sessions.revoke(user, signIn.session.id, { reason: "later" });
  expect(await sessions.get(user, signIn.session.id)).toMatchObject({ revokedReason: "logout" });
});

test("7.4.2: one call ends everything of a user, also the sign-in that is under way", async () => {
  const { sessions, clock } = open({ kinds: { key: { refresh: false, prefix: "acme" } } });
  const signIns = await Promise.all([1, 2, 3].map(() => sessions.start(user)));
  const { token: key } = await sessions.createApiKey(user, { name: "CI", scopes: [] });
  await sessions.verify(key);
  const authenticatedAt = new Date(clock.now());
  clock.advance(1);
  // Disabled.
  expect(await sessions.revokeAll(user, { actor: { kind: "admin", id: "7" } })).toBe(4);
  for (const { tokens } of signIns) {
    expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
  }
  expect((await refusal(sessions.verify(key))).reason).toBe("revoked");
  expect((await refusal(sessions.start(user, { authenticatedAt }))).code).toBe(
    "credential_invalid",
  );
  // Deleted.
  const last = await sessions.start(user);
  await sessions.erase(user);
  expect((await refusal(sessions.verify(last.tokens.accessToken.token))).code).toBe(
    "credential_invalid",
  );
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("7.4.3: after a change of the password or a factor the others end, and this one stays", async () => {
  const { sessions, clock } = open();
  const here = await sessions.start(user);
  const elsewhere = await sessions.start(user);
  const authenticatedAt = new Date(clock.now());
  clock.advance(1);
  expect(await sessions.onFactorChange(user, { keep: here.session.id })).toBe(1);
  expect(await sessions.verify(here.tokens.accessToken.token)).toMatchObject({ user });
  expect((await refusal(sessions.refresh(refreshToken(elsewhere)))).reason).toBe("revoked");
  expect(await sessions.get(user, elsewhere.session.id)).toMatchObject({
    revokedReason: "factor_changed",
  });
  // Whoever has typed the old password a moment ago is too late.
  expect((await refusal(sessions.start(user, { authenticatedAt }))).reason).toBe("proof_outdated");
});

test("7.4.5: staff end one session of a user, or all, and it is written down who", async () => {
  const keys = createKeyRing([{ id: "first", secret }]);
  const { sessions } = open({ keys });
  const [one, two] = [await sessions.start(user), await sessions.start(user)];
  const bystander = await sessions.start({ type: "user", id: "grace" });
  const actor = { kind: "admin", id: "margaret" } as const;
  await sessions.revoke(user, one.session.id, { actor });
  expect((await refusal(sessions.verify(one.tokens.accessToken.token))).reason).toBe("revoked");
  expect(await sessions.revokeAll(user, { actor })).toBe(1);
  expect((await refusal(sessions.verify(two.tokens.accessToken.token))).reason).toBe("revoked");
  expect(await sessions.get(user, two.session.id)).toMatchObject({ revokedBy: actor });
  expect(await sessions.verify(bystander.tokens.accessToken.token)).toMatchObject({
    user: { id: "grace" },
  });
  // Those of everybody end with the key.
  keys.add({ id: "next", secret: "f".repeat(32) });
  await keys.drop("first", { compromised: true });
  expect((await refusal(sessions.verify(bystander.tokens.accessToken.token))).code).toBe(
    "credential_invalid",
  );
  expect((await sessions.list(bystander.session.user)).sessions).toEqual([]);
});
