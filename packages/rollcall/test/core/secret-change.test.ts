import { createKeyRing } from "rollcall";
import { expect, test } from "vitest";
import { open, refusal, user } from "../support/sessions.js";

const secretA = "a".repeat(32);
const secretB = "b".repeat(32);

test("a ring entry without an id has the id that the plain secret gives", async () => {
  const before = open({ secret: secretA });
  const { tokens } = await before.sessions.start(user);
  const { store, clock } = before;
  const ring = createKeyRing([{ secret: secretA }, { id: "2027-01", secret: secretB }]);
  expect(ring.ids[1]).toBe("2027-01");
  const after = open({ store, keys: ring }, clock);
  await expect(after.sessions.verify(tokens.accessToken.token)).resolves.toMatchObject({ user });
  const { tokens: next } = await after.sessions.refresh(tokens.refreshToken.token);
  expect(next.refreshToken.token).toContain(".2027-01.");
  // As bytes, the same secret is the same key.
  expect(createKeyRing([{ secret: new TextEncoder().encode(secretA) }]).ids).toEqual([ring.ids[0]]);
  expect(() => ring.add({ secret: secretA })).toThrow(/is taken/);
});

test("of a list of secrets the first signs and all verify", async () => {
  const before = open({ secret: secretA });
  const { tokens } = await before.sessions.start(user);
  const { store, clock } = before;
  const waiting = open({ store, secret: [secretA, secretB] }, clock);
  const changed = open({ store, secret: [secretB, secretA] }, clock);
  const done = open({ store, secret: [secretB] }, clock);
  for (const { sessions } of [waiting, changed]) {
    await expect(sessions.verify(tokens.accessToken.token)).resolves.toMatchObject({ user });
  }
  expect((await refusal(done.sessions.verify(tokens.accessToken.token))).reason).toBe("forged");
  const { tokens: next } = await changed.sessions.refresh(tokens.refreshToken.token);
  for (const { sessions } of [waiting, changed, done]) {
    await expect(sessions.verify(next.accessToken.token)).resolves.toMatchObject({ user });
  }
  await expect(done.sessions.refresh(next.refreshToken.token)).resolves.toMatchObject({});
});

test("secrets and entries are checked, and named", () => {
  const secretIs = (secret: unknown) => () => Reflect.apply(open, undefined, [{ secret }]);
  expect(secretIs([])).toThrow(/^secret must not be an empty list/);
  expect(secretIs([secretA, "short"])).toThrow(/^secret must have/);
  expect(secretIs([secretA, secretA])).toThrow(/is taken/);
  expect(secretIs([secretA, 1])).toThrow(/^secret must be/);
  expect(secretIs(null)).toThrow(/^secret must be/);
  for (const keys of [[], null, 1, { add() {} }]) {
    expect(() => Reflect.apply(open, undefined, [{ keys }])).toThrow(/^keys must be a ring/);
  }
  const ring = (entries: unknown) => () => Reflect.apply(createKeyRing, undefined, [entries]);
  expect(ring(undefined)).toThrow(/^keys: createKeyRing takes a list/);
  expect(ring([null])).toThrow(/^keys: an entry must be an object/);
  expect(ring([{ id: ["a"], secret: secretA }])).toThrow(/^keys: id must be/);
  expect(ring([{ id: "a", secret: secretA, signsFrom: 5 }])).toThrow(/^keys: signsFrom of "a"/);
});
