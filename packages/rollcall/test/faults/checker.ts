import { type Ends, endsOf, mayBeDone } from "./endings.js";
import { type Entry, type Fault, type Kind, type Log, NOBODY } from "./log.js";

/** What was promised and not kept. */
export interface Violation {
  readonly rule:
    | "accepted after the bound"
    | "accepted by the server that acknowledged"
    | "refreshed after its end"
    | "listed after its end"
    | "missing from the list"
    | "signed out without an end"
    | "sign-in refused"
    | "unexpected status"
    | "unavailable without a fault"
    | "not recovered";
  /** The request at fault; `null` where what is wrong is that there was none. */
  readonly entry: Entry | null;
  readonly detail?: string;
}

/** In milliseconds. */
export interface CheckerOptions {
  /** Contract §5.3. */
  readonly maxStaleness: number;
  /** How long after a fault a request that cannot be answered may still be sent. */
  readonly recovery: number;
  /** How long after a request was given up it may still be carried out. */
  readonly afterlife: number;
}

/** What each server must show after each fault: that it answers, and that it reaches the database. */
const SIGNS_OF_LIFE = ["check", "refresh"] as const;

/**
 * Proves from the log of every request and answer that contract §5 was kept:
 *
 * - no access token was accepted by a request sent later than the acknowledgement of its session's
 *   end + maxStaleness, and none at all by the server that acknowledged;
 * - no acknowledged ending was lost: no refresh sent after it succeeded, no list sent after it
 *   shows the session;
 * - nobody was signed out whom nobody had begun to end: no 401 to a credential that is good. So
 *   outages gave only 503s, and no acknowledged sign-in or refresh was lost;
 * - no acknowledged sign-in is missing from a list;
 * - nothing but what a fault excuses was unavailable, and after each fault each server answered and
 *   reached the database by itself.
 */
export function check(log: Log, options: CheckerOptions): Violation[] {
  const ends = endsOf(log.entries, options.afterlife);
  const everywhere = log.entries.filter((entry) => entry.kind === "everywhere" && mayBeDone(entry));
  const violations: Violation[] = [];
  for (const entry of log.entries) {
    const rule =
      brokenByAcceptance(entry, ends(entry.session), options) ??
      (entry.kind === "sign-in"
        ? brokenByRefusedSignIn(entry, everywhere, options)
        : brokenByRefusal(entry, ends(entry.session))) ??
      brokenByStatus(entry) ??
      brokenByAbsence(entry, log.faults, options);
    if (rule !== null) violations.push({ rule, entry });
  }
  return [...violations, ...brokenByLists(log, ends), ...brokenBySilence(log)];
}

function brokenByAcceptance(
  { kind, status, sent, server }: Entry,
  { acknowledged }: Ends,
  { maxStaleness }: CheckerOptions,
): Violation["rule"] | null {
  if (status !== 200 || kind === "sign-in") return null;
  for (const ending of acknowledged) {
    // A refresh asks the database, which knows at once.
    if (kind === "refresh" && sent > ending.at) return "refreshed after its end";
    if (sent > ending.at && server === ending.server) {
      return "accepted by the server that acknowledged";
    }
    // The bound holds for what is sent later than it.
    if (sent > ending.at + maxStaleness) return "accepted after the bound";
  }
  return null;
}

function brokenByRefusal(
  { status, done, goodUntil }: Entry,
  { begun }: Ends,
): Violation["rule"] | null {
  const hasRunOut = goodUntil !== null && done > goodUntil;
  return status === 401 && !hasRunOut && begun >= done ? "signed out without an end" : null;
}

/** A password that was read before an "everywhere" is proof no longer, and nothing else is. */
function brokenByRefusedSignIn(
  { status, user, sent, done }: Entry,
  everywhere: readonly Entry[],
  { afterlife }: CheckerOptions,
): Violation["rule"] | null {
  if (status !== 401) return null;
  const excused = everywhere.some(
    (other) =>
      other.user === user &&
      other.sent < done &&
      other.done + (other.status === 200 ? 0 : afterlife) > sent,
  );
  return excused ? null : "sign-in refused";
}

function brokenByStatus({ status }: Entry): Violation["rule"] | null {
  return [0, 200, 401, 503].includes(status) ? null : "unexpected status";
}

/** Checks and lists write nothing, so no lock of anybody's keeps them waiting. */
const READS: ReadonlySet<Kind> = new Set(["check", "list"]);

function brokenByAbsence(
  { kind, server, status, sent, done }: Entry,
  faults: readonly Fault[],
  { recovery }: CheckerOptions,
): Violation["rule"] | null {
  if (status !== 503 && status !== 0) return null;
  const excused = faults.some((fault) => {
    if (done < fault.from || sent > fault.to + recovery) return false;
    return fault.servers.includes(server) || (fault.locks && status === 503 && !READS.has(kind));
  });
  return excused ? null : "unavailable without a fault";
}

function brokenByLists({ entries }: Log, ends: (session: number) => Ends): Violation[] {
  const signIns = entries.filter(
    ({ kind, status, session }) => kind === "sign-in" && status === 200 && session !== NOBODY,
  );
  return entries.flatMap((entry): Violation[] => {
    if (entry.kind !== "list" || entry.status !== 200) return [];
    const { sent, done, user, about } = entry;
    const shown = new Set(about);
    const dead = about
      .filter((session) => ends(session).acknowledged.some(({ at }) => sent > at))
      .map((session) => broken("listed after its end", entry, session));
    const lost = signIns
      .filter((signIn) => signIn.user === user && signIn.done < sent)
      .filter(({ session }) => !shown.has(session) && ends(session).begun >= done)
      .map(({ session }) => broken("missing from the list", entry, session));
    return [...dead, ...lost];
  });
}

function broken(rule: Violation["rule"], entry: Entry, session: number): Violation {
  return { rule, entry, detail: `session ${session}` };
}

/** Between one fault's end and the next one's begin each server must have shown that it lives. */
function brokenBySilence({ servers, entries, faults }: Log): Violation[] {
  return faults.flatMap(({ name, to }, place) => {
    const next = faults[place + 1]?.from ?? Number.POSITIVE_INFINITY;
    return missingSigns(entries, { servers, since: to, until: next }).map(
      (what): Violation => ({
        rule: "not recovered",
        entry: null,
        detail: `after "${name}": ${what}`,
      }),
    );
  });
}

/** Which of the servers did not answer, or did not reach the database, in a span of time. */
export function missingSigns(
  entries: readonly Entry[],
  { servers, since, until }: { servers: number; since: number; until: number },
): string[] {
  const seen = new Set(
    entries
      .filter(({ status, sent, done }) => status === 200 && sent > since && done < until)
      .map(({ server, kind }) => `server ${server} gave no good answer to a ${kind}`),
  );
  return Array.from({ length: servers }, (_, server) => server)
    .flatMap((server) =>
      SIGNS_OF_LIFE.map((kind) => `server ${server} gave no good answer to a ${kind}`),
    )
    .filter((sign) => !seen.has(sign));
}
