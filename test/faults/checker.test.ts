import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "./checker.js";
import type { Entry, Fault } from "./log.js";

const terms = { maxStaleness: 2000, recovery: 5000 };
const rulesOf = (entries: readonly Entry[], faults: readonly Fault[] = []): string[] =>
  check({ entries, faults }, terms).map(({ rule }) => rule);

function entry(
  kind: Entry["kind"],
  sent: number,
  status: number,
  rest: Partial<Entry> = {},
): Entry {
  return { kind, server: 0, session: 1, sent, done: sent + 5, status, ...rest };
}

/** A sound life of some sessions: used, refreshed, ended, refused from the bound on. */
const sound = fc
  .array(
    fc.record({
      endAt: fc.integer({ min: 10_000, max: 50_000 }),
      server: fc.nat(3),
      uses: fc.array(fc.record({ at: fc.integer({ min: 1, max: 60_000 }), server: fc.nat(3) })),
    }),
    { maxLength: 8 },
  )
  .map((lives) =>
    lives.flatMap(({ endAt, server, uses }, session): Entry[] => [
      entry("revoke", endAt, 200, { session, server }),
      ...uses.map(({ at, server: asked }) => {
        const late = asked === server ? at > endAt + 5 : at > endAt + 2005;
        const status = late ? 401 : at > endAt ? 401 : 200;
        return entry("check", at, status, { session, server: asked });
      }),
    ]),
  );

test("sound logs pass", () => {
  fc.assert(
    fc.property(sound, (entries) => {
      expect(rulesOf(entries)).toEqual([]);
    }),
  );
});

const ended = entry("revoke", 1000, 200, { session: 99 });
const planted: readonly [string, readonly Entry[], readonly Fault[], string][] = [
  [
    "let in by another server, sent a millisecond later than the bound",
    [ended, entry("check", 3006, 200, { session: 99, server: 1 })],
    [],
    "accepted after the bound",
  ],
  [
    "let in by the acknowledging server, sent right after",
    [ended, entry("check", 1006, 200, { session: 99 })],
    [],
    "accepted by the server that acknowledged",
  ],
  [
    "an ending committed in a transaction of the driver's is an ending",
    [{ ...ended, server: -1 }, entry("check", 3006, 200, { session: 99 })],
    [],
    "accepted after the bound",
  ],
  [
    "refreshed after its end",
    [ended, entry("refresh", 1006, 200, { session: 99, server: 1 })],
    [],
    "refreshed after its end",
  ],
  [
    "a 401 for whom nobody ended",
    [entry("check", 5, 401, { session: 98 })],
    [{ name: "restart", from: 0, to: 100 }],
    "signed out without an end",
  ],
  [
    "a 401 to a refresh whose session was ended only later",
    [entry("refresh", 5, 401, { session: 99 }), ended],
    [],
    "signed out without an end",
  ],
  ["a 500", [entry("check", 5, 500, { session: 98 })], [], "unexpected status"],
  [
    "a 503 long after the fault",
    [entry("check", 20_000, 503, { session: 98 })],
    [{ name: "restart", from: 0, to: 10_000 }],
    "not recovered",
  ],
  ["no answer without a fault", [entry("check", 5, 0, { session: 98 })], [], "not recovered"],
];

for (const [name, entries, faults, rule] of planted) {
  test(`one planted among sound ones is found: ${name}`, () => {
    fc.assert(
      fc.property(sound, fc.nat(), (around, at) => {
        const place = at % (around.length + 1);
        const log = [...around.slice(0, place), ...entries, ...around.slice(place)];
        expect(rulesOf(log, faults)).toEqual([rule]);
      }),
      { numRuns: 50 },
    );
  });
}

test("what is excused: a lost answer, the bound itself, an outage", () => {
  const lost = { ...ended, status: 0 };
  const outage = { name: "restart", from: 0, to: 10_000 };
  expect(rulesOf([lost, entry("check", 1500, 401, { session: 99 })], [outage])).toEqual([]);
  expect(rulesOf([lost, entry("check", 9000, 200, { session: 99 })], [outage])).toEqual([]);
  expect(rulesOf([ended, entry("check", 3005, 200, { session: 99, server: 1 })])).toEqual([]);
  expect(rulesOf([entry("check", 14_000, 503)], [outage])).toEqual([]);
});
