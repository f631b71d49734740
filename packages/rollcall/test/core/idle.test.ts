import fc from "fast-check";
import type { SessionStore, SessionsOptions } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { faulty } from "../support/faulty-store.js";
import { counting, type Opened, open, refusal, user } from "../support/sessions.js";

const MINUTE = 60_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Stage extends Opened {
  /** Questions put to the store by the process that is looked at. */
  asked(): number;
  /** Lets time pass, a step at a time, so that what falls due is done. */
  pass(ms: number): Promise<void>;
  readonly elsewhere: Opened["sessions"];
  readonly state: { away: boolean };
}

/** Two processes on one database, with hints or without. */
async function stage(
  hints: "none" | "process" | "everyone",
  options: Partial<SessionsOptions> = {},
): Promise<Stage> {
  const shared = memory();
  const { store: faultyStore, state } = faulty(shared);
  const { store: counted, counts } = counting(faultyStore);
  const { subscribe, ...rest } = counted;
  const store: SessionStore =
    hints === "none" || subscribe === undefined ? rest : { ...rest, subscribe, hintsFrom: hints };
  const here = open({ store, ...options });
  const elsewhere = open({ store: shared, ...options }, here.clock);
  await turn();
  const questions = ["changes", "find", "touch", "confirm", "get", "list"];
  return {
    ...here,
    elsewhere: elsewhere.sessions,
    state,
    asked: () => questions.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0),
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 500) {
        here.clock.advance(Math.min(500, ms - passed));
        await turn();
      }
    },
  };
}

for (const hints of ["none", "process", "everyone"] as const) {
  test(`hints of ${hints}: a process that nobody asks puts no question`, async () => {
    const { sessions, asked, pass, elsewhere } = await stage(hints);
    await pass(4000);
    const before = asked();
    const others = await elsewhere.start(user);
    await elsewhere.revoke(user, others.session.id);
    await pass(10 * MINUTE);
    expect(asked()).toBe(before);
    expect(sessions.health()).toMatchObject({ resting: true });
  });

  test(`hints of ${hints}: the first request after a rest is answered after a read`, async () => {
    const { sessions, asked, pass, elsewhere } = await stage(hints);
    for (const rest of [5000, 90_000]) {
      const { session, tokens } = await elsewhere.start(user);
      await sessions.verify(tokens.accessToken.token);
      await pass(rest);
      await elsewhere.revoke(user, session.id);
      const before = asked();
      expect(sessions.verifyNow(tokens.accessToken.token)).toBeNull();
      expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
      // One read to be up to date, and one for how the session ended.
      expect(asked()).toBe(before + 2);
    }
  });

  test(`hints of ${hints}: a held signal aborts within maxStaleness`, async () => {
    const { sessions, pass, elsewhere } = await stage(hints);
    const { session, tokens } = await elsewhere.start(user);
    const { signal } = await sessions.verify(tokens.accessToken.token);
    await pass(5 * MINUTE);
    await elsewhere.revoke(user, session.id);
    await pass(2000);
    expect(signal.aborted).toBe(true);
  });

  test(`hints of ${hints}: listeners hear of everything, and of nothing from before them`, async () => {
    const { sessions, pass, elsewhere } = await stage(hints);
    await pass(5 * MINUTE);
    await elsewhere.start(user);
    await pass(5 * MINUTE);
    const heard: string[] = [];
    sessions.on("session.created", (event) => heard.push(event.sessionId));
    await pass(2000);
    for (const pause of [0, 5 * MINUTE]) {
      await pass(pause);
      const { session } = await elsewhere.start(user);
      await pass(2000);
      expect(heard.splice(0)).toEqual([session.id]);
    }
  });
}

test("with hints of everybody, listeners alone cost nothing", async () => {
  const { sessions, asked, pass } = await stage("everyone");
  sessions.on("*", () => {});
  await pass(5000);
  const before = asked();
  await pass(10 * MINUTE);
  expect(asked()).toBe(before);
});

test("hints that are lost are made up for by reading, as long as there are listeners", async () => {
  const shared = memory();
  let lose = (): void => {};
  const store: SessionStore = {
    ...shared,
    async subscribe(listener) {
      lose = () => listener.connected(false);
      listener.connected(true);
      return async () => {};
    },
  };
  const { sessions, clock } = open({ store });
  const heard: string[] = [];
  sessions.on("session.created", (event) => heard.push(event.sessionId));
  for (let second = 0; second < 60; second++) {
    clock.advance(1000);
    await turn();
  }
  lose();
  const { session } = await open({ store: shared }, clock).sessions.start(user);
  clock.advance(1000);
  await turn();
  expect(heard).toEqual([session.id]);
});

test("a hint whose read fails is not lost on listeners: the read is tried until it succeeds", async () => {
  const { sessions, pass, elsewhere, state, asked } = await stage("everyone");
  const heard: string[] = [];
  sessions.on("session.created", (event) => heard.push(event.sessionId));
  await pass(MINUTE);
  state.away = true;
  const { session } = await elsewhere.start(user);
  await pass(10_000);
  expect(heard).toEqual([]);
  state.away = false;
  await pass(1000);
  expect(heard).toEqual([session.id]);
  await pass(5000);
  const before = asked();
  await pass(MINUTE);
  expect(asked()).toBe(before);
});

test("a process that is asked reads three times in maxStaleness, whatever that is", async () => {
  for (const maxStaleness of [2000, 10 * MINUTE]) {
    const { sessions, clock, asked, elsewhere } = await stage("none", {
      maxStaleness,
      accessTokenTtl: "1d",
      touchInterval: "1d",
    });
    const { tokens } = await elsewhere.start(user);
    await sessions.verify(tokens.accessToken.token);
    const before = asked();
    for (let step = 0; step < 60; step++) {
      sessions.verifyNow(tokens.accessToken.token);
      clock.advance(maxStaleness / 10);
      await turn();
    }
    expect(asked() - before).toBeLessThanOrEqual(19);
  }
});

test("who asks verifyNow alone finds the process informed soon after", async () => {
  const { sessions, pass, elsewhere } = await stage("none");
  const { tokens } = await elsewhere.start(user);
  await pass(MINUTE);
  expect(sessions.verifyNow(tokens.accessToken.token)).toBeNull();
  await pass(1);
  expect(sessions.verifyNow(tokens.accessToken.token)).toMatchObject({ user });
});

test("a resting process is well, and health finds out when it is not", async () => {
  const { sessions, pass, state } = await stage("everyone");
  await pass(MINUTE);
  expect(sessions.health()).toMatchObject({ feed: "hinted", resting: true, lastError: null });
  await pass(MINUTE);
  state.away = true;
  sessions.health();
  await turn();
  expect(sessions.health()).toMatchObject({ feed: "stale", lastError: "the database is away" });
  await turn();
  state.away = false;
  sessions.health();
  await turn();
  expect(sessions.health()).toMatchObject({ feed: "hinted", lastError: null });
});

test("contract §5.3 holds whoever asks when: nothing revoked maxStaleness ago is accepted", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 5000 }) }),
    fc.record({ kind: fc.constant("rest" as const), ms: fc.integer({ min: 5000, max: 200_000 }) }),
    fc.record({ kind: fc.constant("revoke" as const), n: fc.nat(3) }),
    fc.record({ kind: fc.constant("verify" as const), n: fc.nat(3) }),
    fc.record({ kind: fc.constant("away" as const), away: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { sessions, clock, pass, elsewhere, state } = await stage("none", {
        accessTokenTtl: "1d",
        idleTimeout: "7d",
      });
      const signIns = await Promise.all([0, 1, 2, 3].map(() => elsewhere.start(user)));
      const revokedAt = new Map<number, number>();
      for (const one of steps) {
        if (one.kind === "pass" || one.kind === "rest") await pass(one.ms);
        else if (one.kind === "away") state.away = one.away;
        else if (one.kind === "revoke") {
          await elsewhere.revoke(user, signIns[one.n]?.session.id ?? "");
          if (!revokedAt.has(one.n)) revokedAt.set(one.n, clock.now());
        } else {
          const token = signIns[one.n]?.tokens.accessToken.token ?? "";
          const accepted = await sessions.verify(token).then(
            () => true,
            () => false,
          );
          const isOver = clock.now() - (revokedAt.get(one.n) ?? Number.POSITIVE_INFINITY) > 2000;
          expect(accepted && isOver).toBe(false);
          if (!state.away && !revokedAt.has(one.n)) expect(accepted).toBe(true);
        }
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);
