import { expect, test } from "vitest";
import { open, refusal, user } from "../support/sessions.js";

test("what ends like a token in the cache is not that token", async () => {
  const { sessions } = open();
  const { tokens } = await sessions.start(user);
  const genuine = tokens.accessToken.token;
  await sessions.verify(genuine);

  const [header = "", payload = "", signature = ""] = genuine.split(".");
  const claims: object = JSON.parse(Buffer.from(payload, "base64url").toString());
  const altered = Buffer.from(JSON.stringify({ ...claims, sub: "eve" })).toString("base64url");
  const signatureOnly = signature.slice(-43);
  for (const forged of [`${header}.${altered}.${signature}`, `x${genuine}`, signatureOnly]) {
    expect((await refusal(sessions.verify(forged))).reason).toMatch(/forged|malformed/);
  }
  expect((await sessions.verify(genuine)).user).toEqual(user);
  expect(sessions.health().cacheSize).toBe(1);
});

test("a revocation is seen however many came before it", async () => {
  const { sessions } = open();
  const signIns = [];
  for (let i = 0; i < 5; i++) signIns.push(await sessions.start(user));
  for (const [ended, { session }] of signIns.entries()) {
    await sessions.revoke(user, session.id);
    for (const [n, { tokens }] of signIns.entries()) {
      const check = sessions.verify(tokens.accessToken.token);
      if (n <= ended) expect((await refusal(check)).reason).toBe("revoked");
      else await check;
    }
  }
});

test("principals of one manager share the accessor, not the signal", async () => {
  const { sessions } = open();
  const [one, two] = [await sessions.start(user), await sessions.start(user)];
  const first = await sessions.verify(one.tokens.accessToken.token);
  const second = await sessions.verify(two.tokens.accessToken.token);
  expect(first.signal).toBe(first.signal);
  expect(first.signal).not.toBe(second.signal);
  await sessions.revoke(user, one.session.id);
  expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false]);
});
