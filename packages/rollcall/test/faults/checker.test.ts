import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check, type Violation } from "./checker.js";
import { type Entry, type Fault, type Kind, NOBODY } from "./log.js";
import {
  ended,
  entry,
  fault,
  outage,
  type Planted,
  planted,
  SERVERS,
  SESSION,
  signIn,
  signsOfLife,
} from "./planted.js";

const options = { maxStaleness: 2000, recovery: 2500, afterlife: 12_000 };
const found = (entries: readonly Entry[], faults: readonly Fault[] = []): readonly Violation[] =>
  check({ servers: SERVERS, entries, faults }, options);
const rulesOf = (entries: readonly Entry[], faults: readonly Fault[] = []): string[] =>
  found(entries, faults).map(({ rule }) => rule);

/** Sound lives of some sessions: signed in, used, refreshed, listed, ended, refused. */
const sound = fc
  .array(
    fc.record({
      how: fc.constantFrom<Kind>("revoke", "everywhere"),
      endAt: fc.integer({ min: 10_000, max: 50_000 }),
      server: fc.nat(3),
      uses: fc.array(
        fc.record({
          kind: fc.constantFrom<Kind>("check", "refresh", "list"),
          at: fc.integer({ min: 10, max: 60_000 }),
          server: fc.nat(3),
          early: fc.boolean(),
        }),
      ),
    }),
    { maxLength: 8 },
  )
  .map((lives) =>
    lives.flatMap(({ how, endAt, server, uses }, number): Entry[] => {
      const who = { user: number, session: number };
      return [
        entry("sign-in", 1, 200, { ...who, server }),
        entry(how, endAt, 200, { ...who, server }),
        ...uses.map(({ kind, at, server: asked, early }) => {
          // Between the end and the bound another server may know already, or not yet.
          const known = kind === "refresh" || asked === server ? endAt : endAt + 2005;
          const status = at <= endAt || (at <= known && !early) ? 200 : 401;
          const about = kind === "list" && status === 200 && at <= endAt ? [number] : [];
          return entry(kind, at, status, { ...who, server: asked, about });
        }),
      ];
    }),
  );

test("sound logs pass", () => {
  fc.assert(
    fc.property(sound, (entries) => {
      expect(rulesOf(entries)).toEqual([]);
    }),
  );
});

describe("one planted among sound ones is found", () => {
  for (const { name, entries, faults, rule } of planted) {
    test(`${rule}: ${name}`, () => {
      fc.assert(
        fc.property(sound, fc.nat(), (around, at) => {
          const place = at % (around.length + 1);
          const log = [...around.slice(0, place), ...entries, ...around.slice(place)];
          expect(rulesOf(log, faults)).toEqual([rule]);
        }),
        { numRuns: 30 },
      );
    });
  }
});

const excused: readonly Omit<Planted, "rule">[] = [
  { name: "the bound itself", entries: [ended, entry("check", 3005, 200, { server: 1 })] },
  {
    name: "sent before the acknowledgement, answered after the bound",
    entries: [ended, entry("check", 1005, 200, { done: 9000 })],
  },
  {
    name: "an end whose answer was lost: over or not",
    entries: [
      entry("revoke", 1000, 0),
      entry("check", 1500, 401),
      entry("check", 9000, 200),
      ...signsOfLife(11_000),
    ],
    faults: [outage],
  },
  {
    name: "an 'everywhere' answered 503 that ends who signed in a little later",
    entries: [
      entry("everywhere", 50, 503, { session: 98 }),
      signIn,
      entry("check", 200, 401),
      ...signsOfLife(11_000),
    ],
    faults: [outage],
  },
  {
    name: "signed in while 'everywhere' was under way: refused, over or alive",
    entries: [
      entry("everywhere", 50, 200, { session: 98, done: 104 }),
      signIn,
      entry("check", 200, 401),
      entry("check", 9000, 200),
      entry("sign-in", 60, 401, { session: NOBODY }),
    ],
  },
  {
    name: "let in by the server of an 'everywhere', when another had ended it just before",
    entries: [
      signIn,
      entry("revoke", 990, 200, { server: 1 }),
      entry("everywhere", 1000, 200, { session: 98 }),
      entry("check", 1006, 200),
    ],
  },
  { name: "a token that has run out", entries: [entry("check", 50, 401, { goodUntil: 54 })] },
  {
    name: "a 503 at the disturbed server, and to a write at another",
    entries: [
      entry("check", 12_499, 503),
      entry("refresh", 50, 503, { server: 1 }),
      entry("check", 50, 0),
      ...signsOfLife(11_000),
    ],
    faults: [fault(0, 10_000, { servers: [0] })],
  },
  {
    name: "a list that was asked for while a session ended or began",
    entries: [
      signIn,
      entry("revoke", 1000, 200),
      entry("list", 1003, 200, { session: 98, about: [] }),
      entry("list", 1004, 200, { session: 98, about: [SESSION] }),
      entry("list", 103, 200, { session: 98, about: [] }),
    ],
  },
];

describe("what is excused", () => {
  for (const { name, entries, faults } of excused) {
    test(name, () => {
      expect(found(entries, faults)).toEqual([]);
    });
  }
});
