import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { SessionId } from "rollcall";
import { memory } from "rollcall/memory";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { isSessionId } from "../../src/core/model/session.js";
import { createSignals } from "../../src/core/revocation/signals.js";
import { open, refreshToken, refusal, user } from "../support/sessions.js";

test("contract §5.6: the signal aborts when the session ends, here or elsewhere", async () => {
  const store = memory();
  const one = open({ store });
  const two = open({ store }, one.clock);
  const { session, tokens } = await one.sessions.start(user);
  const here = await one.sessions.verify(tokens.accessToken.token);
  const there = await two.sessions.verify(tokens.accessToken.token);
  const aborted = new Promise((resolve) => there.signal.addEventListener("abort", resolve));
  expect(here.signal.aborted).toBe(false);
  await one.sessions.revoke(user, session.id);
  expect(here.signal.aborted).toBe(true);
  expect(here.signal.reason).toMatchObject({ name: "AbortError" });
  await aborted;
});

test("contract §5.6: a signal first asked for after the end is aborted", async () => {
  const store = memory();
  const one = open({ store });
  const two = open({ store }, one.clock);
  const { session, tokens } = await one.sessions.start(user);
  const here = await one.sessions.verify(tokens.accessToken.token);
  const there = await two.sessions.verify(tokens.accessToken.token);
  await one.sessions.revoke(user, session.id);
  // So that it asks before it answers.
  one.clock.advance(2001);
  await refusal(two.sessions.verify(tokens.accessToken.token));
  for (const { signal } of [here, there]) {
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ name: "AbortError" });
  }
});

test("contract §5.6: a rotation never aborts it, and it is one for all generations", async () => {
  const { sessions, clock } = open();
  const signIn = await sessions.start(user);
  const first = await sessions.verify(signIn.tokens.accessToken.token);
  const { signal } = first;
  let token = refreshToken(signIn);
  for (let i = 0; i < 5; i++) {
    clock.advance(300_000);
    const answer = await sessions.refresh(token);
    token = refreshToken(answer);
    expect(answer.principal.signal).toBe(signal);
  }
  expect(signal.aborted).toBe(false);
});

test("it aborts on final expiry, not at an old deadline that a refresh elsewhere moved", async () => {
  const store = memory();
  const one = open({ store, idleTimeout: "1h" });
  const two = open({ store, idleTimeout: "1h" }, one.clock);
  const signIn = await one.sessions.start(user);
  const { signal } = await one.sessions.verify(signIn.tokens.accessToken.token);
  one.clock.advance(50 * 60_000);
  await two.sessions.refresh(refreshToken(signIn));
  one.clock.advance(50 * 60_000);
  await one.sessions.list(user);
  expect(signal.aborted).toBe(false);
  const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
  one.clock.advance(11 * 60_000);
  await aborted;
});

test("after a gap in what it was told, a process asks about every signal", async () => {
  const inner = memory();
  const state = { void: false };
  const { subscribe: _, ...unhinted } = inner;
  const { sessions, clock } = open({
    store: {
      ...unhinted,
      // The database was restored: the cursor is void, and the window tells of no old session.
      changes: (cursor, ...rest) => inner.changes(state.void ? null : cursor, ...rest),
    },
  });
  const { session, tokens } = await sessions.start(user);
  const { signal } = await sessions.verify(tokens.accessToken.token);
  const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
  clock.advance(600_000);
  await turn();
  await inner.revoke(user, session.id, { reason: "x", actor: { kind: "system" } }, clock.now());
  await inner.purge(Number.MAX_SAFE_INTEGER, 10);
  state.void = true;
  clock.advance(1000);
  await aborted;
});

test("not knowing is no reason to abort", async () => {
  const clock = manualClock();
  const answers: (number | null | Error)[] = [new Error("away"), new Error("away"), null];
  let asked = 0;
  const signals = createSignals({
    clock,
    isOver: () => false,
    asked() {},
    async livesFor() {
      const answer = answers[asked++];
      if (answer instanceof Error) throw answer;
      return answer ?? null;
    },
  });
  const signal = signals.of(id(1), clock.now() + 1000);
  const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
  clock.advance(1000);
  await turn();
  expect(signal.aborted).toBe(false);
  clock.advance(1000);
  await turn();
  expect(signal.aborted).toBe(false);
  clock.advance(1000);
  await aborted;
  expect(asked).toBe(3);
});

test("100,000 signals let go leave nothing behind; one that is listened to stays", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const clock = manualClock();
  const signals = createSignals({
    clock,
    livesFor: async () => null,
    isOver: () => false,
    asked() {},
  });
  let fired = false;
  const until = clock.now() + 30 * 86_400_000;
  signals.of(id(0), until).addEventListener("abort", () => {
    fired = true;
  });
  let held: AbortSignal[] = [];
  for (let n = 1; n <= 100_000; n++) held.push(signals.of(id(n), until));
  expect(signals.size).toBe(100_001);
  held = [];
  await expect
    .poll(
      async () => {
        collect();
        await turn();
        return signals.size;
      },
      { timeout: 20_000 },
    )
    .toBe(1);
  expect(clock.pending).toBe(1);
  signals.abort(id(0));
  expect(fired).toBe(true);
  expect(signals.size).toBe(0);
  expect(clock.pending).toBe(0);
});

function id(n: number): SessionId {
  const text = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
  if (!isSessionId(text)) throw new Error("not an id");
  return text;
}

/** Lets promises and finalizers that are due run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
