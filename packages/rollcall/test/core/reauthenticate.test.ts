import type { Principal, ReauthenticateOptions, Sessions, SignIn } from "rollcall";
import { memory, memoryDatabase } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, eventOf, open, refreshToken, refusal, user } from "../support/sessions.js";

const LEVELS = { aal1: {}, aal2: {} } as const;
const SURE = { methods: ["pwd", "otp"], level: "aal2" } as const;

const accessToken = ({ tokens }: Pick<SignIn, "tokens">): string => tokens.accessToken.token;

async function callerOf(sessions: Sessions, signIn: SignIn): Promise<Principal> {
  return await sessions.verify(accessToken(signIn));
}

test("a re-authentication raises the session, its tokens and the list, and tells of it", async () => {
  const { sessions, clock } = open({ levels: LEVELS });
  const first = await sessions.start(user, { methods: ["pwd"], level: "aal1" });
  const told = eventOf(sessions, "session.reauthenticated");
  clock.advance(60_000);
  const raised = await sessions.reauthenticate(await callerOf(sessions, first), SURE);
  expect(raised.session).toMatchObject({
    id: first.session.id,
    createdAt: first.session.createdAt,
    authenticatedAt: new Date(clock.now()),
    ...SURE,
  });
  const { sessions: listed } = await sessions.list(user);
  expect(listed).toEqual([raised.session]);
  const caller = await callerOf(sessions, raised);
  expect(caller).toMatchObject({ generation: 2, level: "aal2", methods: ["pwd", "otp"] });
  expect(caller.authenticatedAt).toEqual(new Date(Math.floor(clock.now() / 1000) * 1000));
  const next = await sessions.refresh(refreshToken(raised));
  expect(next.principal).toMatchObject({ level: "aal2", methods: ["pwd", "otp"] });
  expect(await told).toMatchObject({ sessionId: first.session.id, ...SURE });
});

test("the former access token is refused at once, without any hint", async () => {
  const { subscribe: _, ...store } = memory();
  const { sessions } = open({ store, levels: LEVELS });
  const first = await sessions.start(user);
  const raised = await sessions.reauthenticate(await callerOf(sessions, first), SURE);
  expect((await refusal(sessions.verify(accessToken(first)))).reason).toBe("outdated");
  await sessions.verify(accessToken(raised));
});

test("the former access token is refused at once, and in other processes with the next read", async () => {
  const database = memoryDatabase();
  const { sessions, clock } = open({ store: memory(database), levels: LEVELS });
  const other = open({ store: memory(database), levels: LEVELS }, clock).sessions;
  const first = await sessions.start(user);
  await other.verify(accessToken(first));
  const raised = await sessions.reauthenticate(await callerOf(sessions, first), SURE);
  clock.advance(10_000);
  for (const process of [sessions, other]) {
    expect(await refusal(process.verify(accessToken(first)))).toMatchObject({
      code: "credential_invalid",
      reason: "outdated",
      sessionEnded: undefined,
    });
    await process.verify(accessToken(raised));
  }
  // A process that starts later loads what it has to refuse.
  const later = open({ store: memory(database), levels: LEVELS }, clock).sessions;
  expect((await refusal(later.verify(accessToken(first)))).reason).toBe("outdated");
});

test("signals go on: it is the same session", async () => {
  const { sessions } = open({ levels: LEVELS });
  const caller = await callerOf(sessions, await sessions.start(user));
  const { signal } = caller;
  await sessions.reauthenticate(caller, SURE);
  expect(signal.aborted).toBe(false);
  await sessions.revokeAll(user);
  expect(signal.aborted).toBe(true);
});

test("attack: an old refresh token, retried or replayed, gets no raised pair and ends nothing", async () => {
  const { sessions, clock } = open({ levels: LEVELS });
  const first = await sessions.start(user);
  const second = await sessions.refresh(refreshToken(first));
  const raised = await sessions.reauthenticate(second.principal, SURE);
  for (const wait of [0, 29_000, 1000, 600_000]) {
    clock.advance(wait);
    for (const copied of [first, second]) {
      const token = refreshToken(copied);
      for (const attempt of [sessions.refresh(token), sessions.verifyRefreshToken(token)]) {
        expect(await refusal(attempt)).toMatchObject({
          reason: "superseded",
          sessionEnded: undefined,
        });
      }
      const both = { refreshToken: token, accessToken: accessToken(copied) };
      expect((await refusal(sessions.logout({ refreshToken: token }))).reason).toBe("superseded");
      await refusal(sessions.logout(both));
      // Signing in in the same browser replaces what its cookies held; not what they hold no more.
      await sessions.start({ type: "user", id: "eve" }, { replaces: { ...both, ofAnyUser: true } });
    }
  }
  const owner = await sessions.refresh(refreshToken(raised));
  expect(owner.session).toMatchObject({ level: "aal2", revokedAt: null });
});

test("attack: with claimsFor too an old refresh token is refused before the claims are asked for", async () => {
  let asked = 0;
  const { sessions } = open({ levels: LEVELS, claimsFor: () => ({ asked: ++asked }) });
  const first = await sessions.start(user);
  await sessions.reauthenticate(await callerOf(sessions, first), SURE);
  expect(asked).toBe(2);
  expect((await refusal(sessions.refresh(refreshToken(first)))).reason).toBe("superseded");
  expect(asked).toBe(2);
});

test("attack: refreshing raises nothing and renews no authentication", async () => {
  const { sessions, clock } = open({ levels: LEVELS });
  let held: SignIn = await sessions.start(user, { methods: ["pwd"], level: "aal1" });
  const { authenticatedAt } = held.session;
  for (let round = 0; round < 5; round += 1) {
    clock.advance(600_000);
    const refreshed = await sessions.refresh(refreshToken(held));
    expect(refreshed.session).toMatchObject({ level: "aal1", methods: ["pwd"], authenticatedAt });
    expect(refreshed.principal).toMatchObject({ level: "aal1", methods: ["pwd"] });
    held = refreshed;
  }
});

test("attack: of two re-authentications by one token one succeeds, and its tokens stay good", async () => {
  const { sessions } = open({ levels: LEVELS });
  const caller = await callerOf(sessions, await sessions.start(user));
  const raised = await sessions.reauthenticate(caller, SURE);
  const again = await refusal(sessions.reauthenticate(caller, { methods: ["pwd"], level: "aal1" }));
  expect(again.reason).toBe("superseded");
  expect(await callerOf(sessions, raised)).toMatchObject({ level: "aal2" });
});

test("attack: a session that has ended stays ended", async () => {
  const { sessions, clock } = open({ levels: LEVELS });
  const ended = await callerOf(sessions, await sessions.start(user));
  await sessions.revoke(user, ended.sessionId);
  expect(await refusal(sessions.reauthenticate(ended, SURE))).toMatchObject({
    reason: "revoked",
    sessionEnded: { reason: "revoked" },
  });
  const expired = await callerOf(sessions, await sessions.start(user));
  clock.advance(8 * 86_400_000);
  expect((await refusal(sessions.reauthenticate(expired, SURE))).reason).toBe("expired");
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("attack: a skipped generation that comes back is reuse, here too", async () => {
  const { sessions, clock } = open({ levels: LEVELS });
  const first = await sessions.start(user);
  const lost = await sessions.refresh(refreshToken(first));
  clock.advance(30_000);
  const late = await sessions.refresh(refreshToken(first));
  // The thief has the answer that was lost.
  const thief = await callerOf(sessions, lost);
  expect((await refusal(sessions.reauthenticate(thief, SURE))).reason).toBe("revoked");
  expect((await refusal(sessions.refresh(refreshToken(late)))).reason).toBe("revoked");
});

test("claims are asked for what the session is about to be, and before anything is written", async () => {
  const seen: (string | null)[] = [];
  const { store, counts } = counting(memory());
  const answers: ({ role: string } | null)[] = [{ role: "a" }, { role: "b" }, null];
  const { sessions } = open({
    store,
    levels: LEVELS,
    claimsFor(_user, { level }) {
      seen.push(level);
      return answers.shift() ?? null;
    },
  });
  const caller = await callerOf(sessions, await sessions.start(user));
  const raised = await sessions.reauthenticate(caller, SURE);
  expect((await callerOf(sessions, raised)).claims).toEqual({ role: "b" });
  expect(seen).toEqual([null, "aal2"]);
  expect([counts.get("find"), counts.get("reauthenticate")]).toEqual([1, 1]);
  const gone = await refusal(sessions.reauthenticate(await callerOf(sessions, raised), SURE));
  expect([gone.reason, counts.get("reauthenticate")]).toEqual(["user_gone", 1]);
});

test("claims that were outdated while a user authenticated are asked for once more", async () => {
  let role = "admin";
  let outdate = async (): Promise<unknown> => undefined;
  const { sessions } = open({
    levels: LEVELS,
    async claimsFor() {
      const answer = { role };
      await outdate();
      return answer;
    },
  });
  const caller = await callerOf(sessions, await sessions.start(user));
  outdate = async () => {
    outdate = async () => undefined;
    role = "user";
    await sessions.refreshClaims(user);
  };
  const raised = await sessions.reauthenticate(caller, SURE);
  expect((await callerOf(sessions, raised)).claims).toEqual({ role: "user" });
});

/** As a program without a compiler gives them. */
const MISTAKES: readonly (readonly [json: string, message: RegExp])[] = [
  ['{"level":"aal2"}', /^methods must say how the user was authenticated/],
  ['{"methods":[],"level":"aal2"}', /^methods must be 1 to 10 names/],
  ['{"methods":"pwd","level":"aal2"}', /^methods must be/],
  ['{"methods":["pwd"]}', /^level must say which of the levels/],
  ['{"methods":["pwd"],"level":"gold"}', /^level must be one of "aal1", "aal2"/],
  [
    '{"methods":["pwd"],"level":"aal2","authenticatedAt":"now"}',
    /^authenticatedAt must be a valid Date/,
  ],
  ["[]", /^options must be an object/],
];

test.each(MISTAKES)("%s is refused before anything is written", async (json, message) => {
  const { sessions } = open({ levels: LEVELS });
  const first = await sessions.start(user);
  const caller = await callerOf(sessions, first);
  const options: ReauthenticateOptions = JSON.parse(json);
  await expect(sessions.reauthenticate(caller, options)).rejects.toThrow(message);
  await expect(sessions.reauthenticate(caller, options)).rejects.toBeInstanceOf(TypeError);
  await sessions.refresh(refreshToken(first));
});

test("attack: a level is never kept by leaving it out, nor is one given where there are none", async () => {
  const { sessions } = open();
  const caller = await callerOf(sessions, await sessions.start(user));
  await expect(sessions.reauthenticate(caller, SURE)).rejects.toThrow(/^level needs levels/);
  const again = await sessions.reauthenticate(caller, { methods: ["pwd"] });
  expect(again.session).toMatchObject({ level: null, methods: ["pwd"] });
});

test("an authentication of before a level's limit, or of before everywhere, is refused", async () => {
  const levels = { aal1: {}, aal2: { absoluteTimeout: "1h" } } as const;
  const { sessions, clock } = open({ levels });
  const caller = await callerOf(sessions, await sessions.start(user));
  const authenticatedAt = new Date(clock.now());
  clock.advance(3_600_000);
  const late = await refusal(sessions.reauthenticate(caller, { ...SURE, authenticatedAt }));
  expect(late).toMatchObject({
    code: "reauthentication_required",
    required: { level: "aal2", maxAge: 3600 },
  });
  await sessions.onFactorChange(user, { keep: caller.sessionId });
  const old = { methods: ["pwd"], level: "aal1", authenticatedAt };
  expect((await refusal(sessions.reauthenticate(caller, old))).reason).toBe("proof_outdated");
  await sessions.reauthenticate(caller, { methods: ["pwd"], level: "aal1" });
});

test("onFactorChange ends the others, says why, and refuses sign-ins under way", async () => {
  const { sessions, clock } = open({ levels: LEVELS });
  const mine = await sessions.start(user);
  const other = await sessions.start(user);
  const sure = await sessions.start(user, { level: "aal2" });
  const authenticatedAt = new Date(clock.now());
  clock.advance(1000);
  const actor = { kind: "user", sessionId: mine.session.id } as const;
  const keep = mine.session.id;
  expect(await sessions.onFactorChange(user, { keep, belowLevel: "aal2", actor })).toBe(1);
  expect(await refusal(sessions.verify(accessToken(other)))).toMatchObject({
    reason: "revoked",
    sessionEnded: { reason: "factor_changed", by: "user" },
  });
  await callerOf(sessions, mine);
  await callerOf(sessions, sure);
  const underWay = sessions.start(user, { authenticatedAt });
  expect((await refusal(underWay)).reason).toBe("proof_outdated");
  expect(await sessions.onFactorChange(user)).toBe(2);
  for (const bad of ['{"keep":"x"}', '{"belowLevel":"gold"}', '{"actor":{"kind":"god"}}']) {
    await expect(sessions.onFactorChange(user, JSON.parse(bad))).rejects.toBeInstanceOf(TypeError);
  }
});
