import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import type { ClaimsFor, JsonObject, Session } from "rollcall";
import { createKeyRing } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, open, refreshToken, refusal, secret, user } from "../support/sessions.js";

const strings = (count: number): JsonObject => ({
  roles: Array.from({ length: count }, (_, index) => `tenant-${index}:administrator`),
});

/** What a `claimsFor` without types may answer, and what must be said of it. */
const unusable: readonly (readonly [string, unknown, RegExp])[] = [
  ["200 strings", strings(200), /^claimsFor: the claims take \d+ bytes .* room for \d+/],
  ["300 strings", strings(300), /^claimsFor: the claims take/],
  ["a reserved name", { sub: "x" }, /^claimsFor: the claim "sub" is reserved/],
  ["nothing", undefined, /^claimsFor: the answer must be a JSON object/],
  ["a list", [1], /^claimsFor: the answer must be a JSON object/],
  ["a text", "admin", /^claimsFor: the answer must be a JSON object/],
  ["a bigint", { id: 1n }, /^claimsFor: the answer must be JSON/],
];

/** A `claimsFor` without types. */
function answering(state: { answer: unknown }, member: string = "answer"): ClaimsFor {
  return () => Reflect.get(state, member);
}

for (const [name, answer, message] of unusable) {
  test(`claimsFor answers ${name}: refused before anything is written`, async () => {
    const state: { answer: unknown } = { answer: {} };
    const { store, counts } = counting(memory());
    const { sessions, clock } = open({ store, maxPerUser: 1, claimsFor: answering(state) });
    const kept = await sessions.start(user);
    state.answer = answer;

    await expect(sessions.start(user, { replaces: kept.session.id })).rejects.toThrow(message);
    expect(counts.get("create")).toBe(1);
    const token = refreshToken(kept);
    await expect(sessions.refresh(token)).rejects.toThrow(message);
    await expect(sessions.refresh(token)).rejects.toBeInstanceOf(TypeError);
    expect(counts.get("rotate")).toBeUndefined();
    expect(counts.get("revoke")).toBeUndefined();

    // However long it takes to mend: nobody was signed out, and the old token still rotates.
    clock.advance(600_000);
    state.answer = { role: "user" };
    const refreshed = await sessions.refresh(token);
    expect(refreshed.principal).toMatchObject({ generation: 2, claims: { role: "user" } });
    await expect(sessions.verify(refreshed.tokens.accessToken.token)).resolves.toMatchObject({
      claims: { role: "user" },
    });
  });
}

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rings = {
  "a plain secret": () => ({ secret }),
  "the longest key id, and a signature of 64 bytes": () => ({
    keys: createKeyRing([
      { id: "k".repeat(32), secret, signing: { alg: "ES256" as const, privateKey } },
    ]),
  }),
};

for (const [name, keys] of Object.entries(rings)) {
  test(`what claimsFor may answer at all, every cookie and every check takes: ${name}`, async () => {
    const state: { answer: unknown } = { answer: {} };
    const issuer = "é".repeat(127);
    const { sessions } = open({ ...keys(), issuer, claimsFor: answering(state) });
    const id = fc.string({ unit: "binary", minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(
        id,
        fc.nat(4000),
        fc.constantFrom("x", "é", "😀", "\n"),
        async (id, size, x) => {
          state.answer = { a: x.repeat(Math.ceil(size / x.length)) };
          const started = await sessions.start({ type: "user", id }).catch((error) => error);
          if (started instanceof TypeError) {
            // No claims fit, or the id is refused; never anything in between.
            return;
          }
          const { token } = started.tokens.accessToken;
          expect(token.length).toBeLessThanOrEqual(3900);
          expect((await sessions.verify(token)).claims).toEqual(state.answer);
          const next = await sessions.refresh(refreshToken(started));
          expect(next.tokens.accessToken.token.length).toBeLessThanOrEqual(3900);
          expect(next.principal.claims).toEqual(state.answer);
        },
      ),
      { numRuns: 25 },
    );
  });
}

test("the limit in the message is the limit", async () => {
  const state: { answer: unknown } = { answer: { a: "x".repeat(5000) } };
  const { sessions } = open({ claimsFor: answering(state) });
  const error = await refusal(sessions.start(user));
  const [, size, room] = /take (\d+) bytes .* room for (\d+)/.exec(error.message) ?? [];
  expect(Number(size)).toBe(JSON.stringify(state.answer).length);
  const filled = { a: "x".repeat(Number(room) - '{"a":""}'.length) };
  state.answer = filled;
  const { tokens } = await sessions.start(user);
  expect((await sessions.verify(tokens.accessToken.token)).claims).toEqual(filled);
  state.answer = { a: `${filled.a}x` };
  await expect(sessions.refresh(tokens.refreshToken.token)).rejects.toThrow(/room for/);
});

test("what is checked is what is signed, also of an answer that changes as it is read", async () => {
  let reads = 0;
  const { sessions } = open({
    claimsFor: () => ({
      get role(): string {
        reads += 1;
        return reads === 1 ? "user" : "x".repeat(9000);
      },
    }),
  });
  const { tokens } = await sessions.start(user);
  expect((await sessions.verify(tokens.accessToken.token)).claims).toEqual({ role: "user" });
});

test("claimsFor is given the session: about to be at sign-in, as it stands at each refresh", async () => {
  const given: Session[] = [];
  const { sessions, clock } = open({
    claimsFor(of, session) {
      expect(session.user).toEqual(of);
      given.push(session);
      return {};
    },
  });
  const device = { userAgent: "curl/8.5.0", ip: "192.0.2.1" };
  const { session, tokens } = await sessions.start(user, { device, metadata: { plan: "pro" } });
  expect(given).toEqual([session]);
  expect(Object.keys(given[0] ?? {})).not.toContain("generation");
  clock.advance(60_000);
  await sessions.rename(user, session.id, "desk");
  const { tokens: next } = await sessions.refresh(tokens.refreshToken.token);
  expect(given.at(-1)).toMatchObject({
    id: session.id,
    name: "desk",
    createdAt: session.createdAt,
  });
  await sessions.verifyRefreshToken(next.refreshToken.token);
  expect(given).toHaveLength(3);
});

test("an id that was given anew: claimsFor tells the old account's session by its time", async () => {
  const account = { createdAt: 0 };
  const { sessions, clock } = open({
    claimsFor: (_user, session) =>
      session.createdAt.getTime() < account.createdAt ? null : { role: "user" },
  });
  const old = await sessions.start(user);
  clock.advance(60_000);
  account.createdAt = clock.now();
  const current = await sessions.start(user);
  expect((await refusal(sessions.refresh(refreshToken(old)))).reason).toBe("user_gone");
  await expect(sessions.refresh(refreshToken(current))).resolves.toMatchObject({});
  expect((await sessions.get(user, old.session.id))?.revokedReason).toBe("user_gone");
});

test("a failed or hanging claimsFor rotates nothing", async () => {
  const state = { fails: false };
  const { store, counts } = counting(memory());
  const { sessions } = open({
    store,
    claimsFor() {
      if (state.fails) throw new TypeError("the user table is away");
      return {};
    },
  });
  const signIn = await sessions.start(user);
  state.fails = true;
  expect((await refusal(sessions.refresh(refreshToken(signIn)))).status).toBe(503);
  expect(counts.get("rotate")).toBeUndefined();
});

test("without claimsFor a refresh is one question; with it, whoever is refused costs none of it", async () => {
  const plain = counting(memory());
  const { sessions } = open({ store: plain.store });
  await sessions.refresh(refreshToken(await sessions.start(user)));
  expect(plain.counts.get("find")).toBeUndefined();

  let asked = 0;
  const { sessions: other, clock } = open({
    claimsFor: () => {
      asked += 1;
      return {};
    },
  });
  const first = await other.start(user);
  const second = await other.refresh(refreshToken(first));
  await other.refresh(refreshToken(second));
  clock.advance(60_000);
  const before = asked;
  expect((await refusal(other.refresh(refreshToken(first)))).reason).toBe("reused");
  expect((await refusal(other.refresh(refreshToken(second)))).reason).toBe("revoked");
  expect(asked).toBe(before);
});

test("what happens while claimsFor is asked counts: an revocation, and another refresh of the same token", async () => {
  const meanwhile: { act: (() => Promise<unknown>) | null } = { act: null };
  const { sessions } = open({
    async claimsFor() {
      const { act } = meanwhile;
      meanwhile.act = null;
      await act?.();
      return {};
    },
  });
  const first = await sessions.start(user);
  let other: unknown;
  meanwhile.act = async () => {
    other = refreshToken(await sessions.refresh(refreshToken(first)));
  };
  const refreshed = await sessions.refresh(refreshToken(first));
  expect(refreshToken(refreshed)).toBe(other);

  meanwhile.act = () => sessions.revokeAll(user);
  const error = await refusal(sessions.refresh(refreshToken(refreshed)));
  expect(error.reason).toBe("revoked");
});

test("many refreshes of one token at once still rotate once, and all get the same token", async () => {
  const { store, counts } = counting(memory());
  const { sessions } = open({ store, claimsFor: async () => ({ role: "user" }) });
  const token = refreshToken(await sessions.start(user));
  const answers = await Promise.all(Array.from({ length: 30 }, () => sessions.refresh(token)));
  expect(new Set(answers.map(refreshToken)).size).toBe(1);
  expect(new Set(answers.map(({ principal }) => principal.generation))).toEqual(new Set([2]));
  expect(counts.get("rotate")).toBe(30);
});
