import type { SessionStore } from "rollcall";
import { memory } from "rollcall/memory";
import { type ManualClock, manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { faulty } from "../support/faulty-store.js";
import { counting, open, refusal, user } from "../support/sessions.js";

const MINUTE = 60_000;

/** A database with a clock of its own, which is right, whatever the processes think. */
function databaseAt(right: ManualClock, inner: SessionStore = memory()): SessionStore {
  return new Proxy(inner, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function") return value;
      if (name === "changes") {
        return (cursor: string | null, margin: number) =>
          inner.changes(cursor, margin, right.now());
      }
      return (...args: unknown[]) => Reflect.apply(value, target, args.map(withoutNow(right)));
    },
  });
}

/** `now`, where a call has it, is that of the database. */
function withoutNow(right: ManualClock): (value: unknown) => unknown {
  return (value) => {
    if (typeof value === "number") return right.now();
    if (typeof value !== "object" || value === null || !("now" in value)) return value;
    return { ...value, now: right.now() };
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A process whose clock shows another time than the database's, on which another one ends sessions. */
async function stage(options: { off: number }) {
  const right = manualClock();
  const shared = memory();
  const errors: Error[] = [];
  const clock = manualClock(right.now() + options.off);
  const { store: counted, counts } = counting(databaseAt(right, shared));
  const { store, state } = faulty(counted);
  const { subscribe: _, ...unhinted } = store;
  const here = open({ store: unhinted, onError: (error) => errors.push(error) }, clock);
  const elsewhere = open({ store: shared }, right);
  await turn();
  return {
    shared,
    right,
    clock,
    here: here.sessions,
    elsewhere: elsewhere.sessions,
    errors,
    counts,
    state,
  };
}

for (const ahead of [12 * MINUTE, 20 * MINUTE, 24 * 60 * MINUTE]) {
  test(`what was forgotten ${ahead / MINUTE} minutes ahead is refused once the clock is set right`, async () => {
    const { right, clock, here, elsewhere, counts } = await stage({ off: 0 });
    const before = await elsewhere.start(user);
    const during = await elsewhere.start(user);
    const kept = await elsewhere.start(user);
    await elsewhere.revoke(user, before.session.id);
    clock.advance(2001);
    right.advance(2001);
    expect((await refusal(here.verify(before.tokens.accessToken.token))).reason).toBe("revoked");

    // Ahead, it forgets the one revocation and never takes in the other.
    clock.setWall(right.now() + ahead);
    await elsewhere.revoke(user, during.session.id);
    for (let reads = 0; reads < 5; reads++) {
      await refusal(here.verify(kept.tokens.accessToken.token));
      clock.advance(1000);
      right.advance(1000);
      await turn();
    }
    expect(here.health().indexSize).toBe(0);

    clock.setWall(right.now());
    expect(here.verifyNow(before.tokens.accessToken.token)).toBeNull();
    for (const { tokens } of [before, during]) {
      expect((await refusal(here.verify(tokens.accessToken.token))).reason).toBe("revoked");
    }
    await here.verify(kept.tokens.accessToken.token);
    // It is read whole once, not with each read from now on.
    clock.advance(700);
    await turn();
    const reads = counts.get("changes") ?? 0;
    clock.advance(700);
    await turn();
    expect(counts.get("changes")).toBe(reads + 1);
  });
}

test("what was forgotten in a moment ahead, between two reads, is not trusted after it", async () => {
  const { right, clock, here, elsewhere } = await stage({ off: 0 });
  const { session, tokens } = await elsewhere.start(user);
  const other = await elsewhere.start(user);
  await elsewhere.revoke(user, session.id);
  clock.advance(2001);
  right.advance(2001);
  expect((await refusal(here.verify(tokens.accessToken.token))).reason).toBe("revoked");

  clock.setWall(right.now() + 20 * MINUTE);
  await here.revoke(user, other.session.id);
  expect(here.health().indexSize).toBe(0);
  clock.setWall(right.now() + 1);
  for (const one of [tokens, other.tokens]) {
    expect(() => here.verifyNow(one.accessToken.token)).not.toThrow();
    expect(here.verifyNow(one.accessToken.token)).toBeNull();
    expect((await refusal(here.verify(one.accessToken.token))).reason).toBe("revoked");
    clock.setWall(right.now() + 20 * MINUTE);
    await here.revoke(user, other.session.id);
    clock.setWall(right.now() + 2);
  }
});

test("while what was forgotten cannot be read, nothing is trusted", async () => {
  const { right, clock, here, elsewhere, state } = await stage({ off: 0 });
  const { session, tokens } = await elsewhere.start(user);
  await elsewhere.revoke(user, session.id);
  clock.setWall(right.now() + 20 * MINUTE);
  await refusal(here.verify(tokens.accessToken.token));
  clock.advance(700);
  await turn();
  state.away = true;
  clock.setWall(right.now() + 1);
  expect((await refusal(here.verify(tokens.accessToken.token))).status).toBe(503);
  state.away = false;
  expect((await refusal(here.verify(tokens.accessToken.token))).reason).toBe("revoked");
});

test("no event is lost when the index is read whole", async () => {
  const { right, clock, here, elsewhere } = await stage({ off: 0 });
  const { session } = await elsewhere.start(user);
  const heard: string[] = [];
  here.on("session.revoked", (event) => heard.push(event.sessionId));
  await elsewhere.revoke(user, session.id);
  clock.setWall(right.now() + 20 * MINUTE);
  clock.advance(700);
  await turn();
  const next = await elsewhere.start(user);
  await elsewhere.revoke(user, next.session.id);
  clock.setWall(right.now());
  clock.advance(700);
  await turn();
  expect(heard).toEqual([session.id, next.session.id]);
});

for (const behind of [5 * MINUTE, 3 * 60 * MINUTE]) {
  test(`a process ${behind / MINUTE} minutes behind refuses the revoked whose tokens it takes for good`, async () => {
    const { right, elsewhere, shared } = await stage({ off: 0 });
    const { session, tokens } = await elsewhere.start(user);
    const kept = await elsewhere.start(user);
    await elsewhere.revoke(user, session.id);
    // To the database both tokens ran out two minutes ago; to a process that starts now they are good.
    right.advance(12 * MINUTE);
    const clock = manualClock(right.now() - behind);
    const { sessions } = open({ store: databaseAt(right, shared) }, clock);
    expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
    await sessions.verify(kept.tokens.accessToken.token);
  });
}

test("a clock more than a minute off is told once, in health too, and its end is news again", async () => {
  for (const [off, words] of [
    [11 * MINUTE, /11\.0 minutes ahead of the database's.*synchronize/],
    [-90 * 1000, /1\.5 minutes behind the database's.*synchronize/],
  ] as const) {
    const { right, clock, here, errors } = await stage({ off });
    const look = async (): Promise<void> => {
      here.health();
      clock.advance(3000);
      right.advance(3000);
      here.health();
      await turn();
    };
    for (let reads = 0; reads < 4; reads++) await look();
    expect(here.health()).toMatchObject({
      clockSkew: off,
      lastError: expect.stringMatching(words),
    });
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(words)]);
    clock.setWall(right.now());
    await look();
    await look();
    expect(here.health()).toMatchObject({ clockSkew: 0, lastError: null });
    clock.setWall(right.now() + off);
    await look();
    await look();
    expect(errors).toHaveLength(2);
  }
});

test("less than a minute is nobody's business", async () => {
  for (const off of [MINUTE, -MINUTE, 500]) {
    const { here, errors } = await stage({ off });
    expect(here.health()).toMatchObject({ clockSkew: off, lastError: null });
    expect(errors).toEqual([]);
  }
});
