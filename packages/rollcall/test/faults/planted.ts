import type { Violation } from "./checker.js";
import { DRIVER, type Entry, type Fault, type Kind, NOBODY } from "./log.js";

/** One more than the sound lives use, which shows no life unless it is planted. */
export const SERVERS = 5;
const USER = 50;
export const SESSION = 99;
const SILENT = SERVERS - 1;

/** A request to server 0 about session 99 of user 50, answered after 5 ms. */
export function entry(kind: Kind, sent: number, status: number, rest: Partial<Entry> = {}): Entry {
  const who = { server: 0, user: USER, session: SESSION };
  const about = kind === "revoke" ? [rest.session ?? SESSION] : [];
  return { kind, ...who, sent, done: sent + 5, status, goodUntil: null, about, ...rest };
}

export function fault(from: number, to: number, rest: Partial<Fault> = {}): Fault {
  return { name: "a fault", from, to, servers: [0, 1, 2, 3, SILENT], locks: true, ...rest };
}

/** What every server has to show after a fault that was mended. */
export const signsOfLife = (at: number): Entry[] =>
  Array.from({ length: SERVERS }, (_, server) => [
    entry("check", at, 200, { server, session: 70, user: 70 }),
    entry("refresh", at, 200, { server, session: 70, user: 70 }),
  ]).flat();

export const signIn = entry("sign-in", 100, 200);
export const ended = entry("revoke", 1000, 200);
export const outage = fault(0, 10_000);

export interface Planted {
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly faults?: readonly Fault[];
  readonly rule: Violation["rule"];
}

export const planted: readonly Planted[] = [
  {
    name: "let in by another server, sent a millisecond later than the bound",
    entries: [ended, entry("check", 3006, 200, { server: 1 })],
    rule: "accepted after the bound",
  },
  {
    name: "let in long after, by another server, when it had been refused there already",
    entries: [
      ended,
      entry("check", 3006, 401, { server: 1 }),
      entry("check", 90_000, 200, { server: 1 }),
    ],
    rule: "accepted after the bound",
  },
  {
    name: "let in after the bound during an outage",
    entries: [ended, entry("check", 3006, 200, { server: 1 }), ...signsOfLife(11_000)],
    faults: [outage],
    rule: "accepted after the bound",
  },
  {
    name: "let in to end another session, after the bound",
    entries: [ended, entry("revoke", 3006, 200, { server: 1, about: [77] })],
    rule: "accepted after the bound",
  },
  {
    name: "let in after the bound that the last of many ends set, by 'everywhere'",
    entries: [
      signIn,
      entry("everywhere", 1000, 200, { session: 98 }),
      entry("check", 3006, 200, { server: 1 }),
    ],
    rule: "accepted after the bound",
  },
  {
    name: "let in after the bound that ending the others set",
    entries: [
      signIn,
      entry("revoke-others", 1000, 200, { session: 98 }),
      entry("check", 3006, 200, { server: 1 }),
    ],
    rule: "accepted after the bound",
  },
  {
    name: "let in after the bound that a commit of the driver's set",
    entries: [{ ...ended, server: DRIVER }, entry("check", 3006, 200)],
    rule: "accepted after the bound",
  },
  {
    name: "let in by the acknowledging server, sent right after",
    entries: [ended, entry("check", 1006, 200)],
    rule: "accepted by the server that acknowledged",
  },
  {
    name: "let in by the server that acknowledged 'everywhere', sent right after",
    entries: [signIn, entry("everywhere", 1000, 200), entry("check", 1006, 200)],
    rule: "accepted by the server that acknowledged",
  },
  {
    name: "refreshed after its end, within the bound",
    entries: [ended, entry("refresh", 1006, 200, { server: 1 })],
    rule: "refreshed after its end",
  },
  {
    name: "refreshed after 'everywhere'",
    entries: [signIn, entry("everywhere", 1000, 200), entry("refresh", 1006, 200, { server: 1 })],
    rule: "refreshed after its end",
  },
  {
    name: "listed after its end",
    entries: [ended, entry("list", 1006, 200, { session: 98, about: [SESSION] })],
    rule: "listed after its end",
  },
  {
    name: "missing from a list although nobody ended it",
    entries: [signIn, entry("list", 200, 200, { session: 98 })],
    rule: "missing from the list",
  },
  {
    name: "a 401 to an access token of somebody whom nobody ended, during an outage",
    entries: [entry("check", 50, 401), ...signsOfLife(11_000)],
    faults: [outage],
    rule: "signed out without an end",
  },
  {
    name: "a 401 to a refresh token of somebody whom nobody ended",
    entries: [entry("refresh", 50, 401)],
    rule: "signed out without an end",
  },
  {
    name: "a 401 to the refresh token that a refresh gave",
    entries: [signIn, entry("refresh", 200, 200), entry("refresh", 300, 401)],
    rule: "signed out without an end",
  },
  {
    name: "a 401 to a refresh whose session was ended only later",
    entries: [entry("refresh", 50, 401), ended],
    rule: "signed out without an end",
  },
  {
    name: "a 401 to a token that has not run out",
    entries: [entry("check", 50, 401, { goodUntil: 56 })],
    rule: "signed out without an end",
  },
  {
    name: "a 401 before the transaction that ends the session was to commit",
    entries: [entry("check", 900, 401), { ...ended, server: DRIVER }],
    rule: "signed out without an end",
  },
  {
    name: "a 401 after a request to end it that was refused itself",
    entries: [
      entry("revoke", 40, 401, { session: 98, about: [SESSION], goodUntil: 0 }),
      entry("check", 50, 401),
    ],
    rule: "signed out without an end",
  },
  {
    name: "a 401 to the caller that ended all others",
    entries: [signIn, entry("revoke-others", 1000, 200), entry("check", 1100, 401)],
    rule: "signed out without an end",
  },
  {
    name: "a 401 to whoever signed in after 'everywhere'",
    entries: [entry("everywhere", 50, 200, { session: 98 }), signIn, entry("check", 200, 401)],
    rule: "signed out without an end",
  },
  {
    name: "a 401 to a sign-in with the right password",
    entries: [entry("sign-in", 5, 401, { session: NOBODY })],
    rule: "sign-in refused",
  },
  { name: "a 500", entries: [entry("check", 50, 500)], rule: "unexpected status" },
  {
    name: "a 500 during an outage",
    entries: [entry("sign-in", 50, 500, { session: NOBODY }), ...signsOfLife(11_000)],
    faults: [outage],
    rule: "unexpected status",
  },
  {
    name: "a 404 to the end of a session that there is",
    entries: [entry("revoke", 50, 404)],
    rule: "unexpected status",
  },
  {
    name: "a 503 sent a millisecond later than the recovery",
    entries: [entry("check", 12_501, 503), ...signsOfLife(11_000)],
    faults: [outage],
    rule: "unavailable without a fault",
  },
  {
    name: "a 503 to a check at a server that was not disturbed",
    entries: [entry("check", 50, 503), ...signsOfLife(11_000)],
    faults: [fault(0, 10_000, { servers: [1] })],
    rule: "unavailable without a fault",
  },
  {
    name: "no answer to a write at a server that was not disturbed",
    entries: [entry("refresh", 50, 0), ...signsOfLife(11_000)],
    faults: [fault(0, 10_000, { servers: [1] })],
    rule: "unavailable without a fault",
  },
  {
    name: "a 503 to a write where no locks were left",
    entries: [entry("refresh", 50, 503), ...signsOfLife(11_000)],
    faults: [fault(0, 10_000, { servers: [], locks: false })],
    rule: "unavailable without a fault",
  },
  {
    name: "no answer without a fault",
    entries: [entry("check", 50, 0)],
    rule: "unavailable without a fault",
  },
  {
    name: "a server that never reaches the database again",
    entries: signsOfLife(11_000).filter(
      ({ kind, server }) => kind !== "refresh" || server !== SILENT,
    ),
    faults: [outage],
    rule: "not recovered",
  },
  {
    name: "a server that answers only after the next fault has begun",
    entries: [
      ...signsOfLife(11_000).filter(({ kind, server }) => kind !== "check" || server !== SILENT),
      entry("check", 20_500, 200, { server: SILENT }),
      ...signsOfLife(31_000),
    ],
    faults: [outage, fault(20_000, 30_000)],
    rule: "not recovered",
  },
];
