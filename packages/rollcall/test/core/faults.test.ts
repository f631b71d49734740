import type { SessionStore } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test, vi } from "vitest";
import { createFaults, logFault } from "../../src/core/process/faults.js";
import { faulty } from "../support/faulty-store.js";
import { counting, eventOf, open, user } from "../support/sessions.js";

/** An `onError` that remembers. */
function told(): { readonly errors: Error[]; readonly onError: (error: Error) => void } {
  const errors: Error[] = [];
  return { errors, onError: (error) => errors.push(error) };
}

/** Lets what has been begun come to its end. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("an outage is told once with its cause, however many reads fail, and the next one anew", async () => {
  const { errors, onError } = told();
  const { store: counted, counts } = counting(memory());
  const { store, state } = faulty(counted);
  const { sessions, clock } = open({ store, onError, maxStaleness: "3s" });
  const { tokens } = await sessions.start(user);
  await turn();
  for (const outage of [1, 2]) {
    state.away = true;
    for (let tries = 0; tries < 5; tries++) {
      sessions.verifyNow(tokens.accessToken.token);
      clock.advance(1000);
      await turn();
    }
    expect(errors).toHaveLength(outage);
    expect(errors.at(-1)?.message).toBe("changes could not be read: the database is away");
    expect(errors.at(-1)?.cause).toMatchObject({ message: "the database is away" });
    state.away = false;
    const before = counts.get("changes");
    sessions.verifyNow(tokens.accessToken.token);
    clock.advance(1000);
    await turn();
    expect(counts.get("changes")).toBeGreaterThan(before ?? 0);
  }
});

test("uses that cannot be written are told once", async () => {
  const { errors, onError } = told();
  const inner = memory();
  const store: SessionStore = {
    ...inner,
    touch: () => Promise.reject(new Error("disk full")),
    confirm: () => Promise.reject(new Error("disk full")),
  };
  const { sessions, clock } = open({ store, onError });
  const { tokens } = await sessions.start(user);
  const next = await sessions.refresh(tokens.refreshToken.token);
  await sessions.verify(next.tokens.accessToken.token);
  for (let minute = 0; minute < 3; minute++) {
    clock.advance(60_000);
    await turn();
  }
  expect(errors.map((error) => error.message).sort()).toEqual([
    "last use could not be written: disk full",
    "the first use of tokens could not be written: disk full",
  ]);
});

test("a listener that throws or rejects is told of, and harms neither the event nor the others", async () => {
  const { errors, onError } = told();
  const { sessions } = open({ onError });
  let broken = true;
  sessions.on("session.created", () => {
    if (broken) throw new Error("in a listener");
  });
  sessions.on("*", async () => {
    if (broken) throw new Error("in an async one");
  });
  for (let count = 0; count < 3; count++) {
    const heard = eventOf(sessions, "session.created");
    await sessions.start(user);
    await heard;
  }
  await turn();
  const both = [
    "a listener of session.created failed: in a listener",
    "a listener of session.created failed: in an async one",
  ];
  expect(errors.map((error) => error.message)).toEqual(both);
  broken = false;
  const mended = eventOf(sessions, "session.created");
  await sessions.start(user);
  await mended;
  await turn();
  broken = true;
  const again = eventOf(sessions, "session.created");
  await sessions.start(user);
  await again;
  await turn();
  expect(errors.map((error) => error.message)).toEqual([...both, ...both]);
});

test("an onError that throws or rejects breaks nothing", async () => {
  for (const onError of [
    () => {
      throw new Error("the log is full");
    },
    async () => {
      throw new Error("the log is full");
    },
  ]) {
    const { store, state } = faulty(memory());
    const { sessions, clock } = open({ store, onError, maxStaleness: "3s" });
    const { tokens } = await sessions.start(user);
    state.away = true;
    clock.advance(1000);
    await turn();
    state.away = false;
    clock.advance(1000);
    await sessions.verify(tokens.accessToken.token);
    clock.advance(1000);
    await turn();
    expect(sessions.health().lastError).toBeNull();
  }
});

test("without onError a line goes to the console", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    const store = { ...memory(), changes: () => Promise.reject(new Error("the database is away")) };
    open({ store, onError: logFault });
    await turn();
    expect(log.mock.calls).toEqual([["rollcall: changes could not be read: the database is away"]]);
  } finally {
    log.mockRestore();
  }
});

test("what a store reports is passed on once for each message", () => {
  const { errors, onError } = told();
  const inner = memory();
  let report: ((error: Error) => void) | undefined;
  const store: SessionStore = {
    ...inner,
    configure(settings) {
      inner.configure(settings);
      report = settings.report;
    },
  };
  open({ store, onError });
  for (const row of ["a", "b", "a"]) report?.(new Error(`row ${row} cannot be read`));
  expect(errors.map((error) => error.message)).toEqual([
    "row a cannot be read",
    "row b cannot be read",
  ]);
});

test("what is remembered of the told is bounded", () => {
  const { errors, onError } = told();
  const faults = createFaults(onError);
  for (let n = 0; n < 100; n++) faults.tell("one part", new Error(`try ${n} failed`));
  expect(errors).toHaveLength(8);
  for (let n = 0; n < 2000; n++) faults.tell(`part ${n}`, new Error("failed"));
  faults.tell("part 1999", new Error("failed"));
  expect(errors).toHaveLength(2008);
});

test("an onError that is no function is refused by name", () => {
  // @ts-expect-error: for callers without types
  expect(() => open({ onError: "console" })).toThrow(/^onError must be a function/);
});

test("an error without words of its own is told by those it was made of, or by its code", async () => {
  const refused = [
    new Error("connect ECONNREFUSED ::1:5432"),
    new Error("connect ECONNREFUSED 127.0.0.1:5432"),
  ];
  for (const [cause, words] of [
    [
      new AggregateError(refused),
      "connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432",
    ],
    [Object.assign(new Error(), { code: "ECONNRESET" }), "ECONNRESET"],
    [new RangeError(), "RangeError"],
  ] as const) {
    const { errors, onError } = told();
    const { sessions } = open({
      store: { ...memory(), changes: () => Promise.reject(cause) },
      onError,
    });
    await turn();
    expect(errors.map(({ message }) => message)).toEqual([`changes could not be read: ${words}`]);
    expect(sessions.health().lastError).toBe(words);
  }
});
