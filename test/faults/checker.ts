import type { Entry, Fault, Log } from "./log.js";

/** What was promised and not kept. */
export interface Violation {
  readonly rule:
    | "accepted after the bound"
    | "accepted by the server that acknowledged"
    | "refreshed after its end"
    | "signed out without an end"
    | "unexpected status"
    | "not recovered";
  readonly entry: Entry;
}

export interface CheckerTerms {
  /** CONTRACT 5.3, in milliseconds. */
  readonly maxStaleness: number;
  /** How long after a fault the last refusal may come. */
  readonly recovery: number;
}

/** An acknowledged ending: when, and by which server. */
interface Ending {
  readonly at: number;
  readonly server: number;
}

/**
 * Proves from the log of every request and answer that CONTRACT 5 was kept:
 *
 * - no request sent later than acknowledgement + maxStaleness was let in, and none at all by the
 *   server that acknowledged (bound on what is SENT later);
 * - no acknowledged ending was lost: no refresh that was sent after it succeeded;
 * - nobody was signed out, by a 401, whom nobody had begun to end; so outages gave only 503s, and
 *   no acknowledged sign-in or refresh was lost;
 * - everything recovered by itself.
 */
export function check(log: Log, terms: CheckerTerms): Violation[] {
  const begun = new Map<number, number>();
  const ended = new Map<number, Ending[]>();
  for (const { kind, session, sent, done, status, server } of log.entries) {
    if (kind !== "revoke") continue;
    begun.set(session, Math.min(begun.get(session) ?? Number.POSITIVE_INFINITY, sent));
    if (status === 200) ended.set(session, [...(ended.get(session) ?? []), { at: done, server }]);
  }

  const violations: Violation[] = [];
  for (const entry of log.entries) {
    const rule =
      brokenByAcceptance(entry, ended.get(entry.session) ?? [], terms) ??
      brokenByRefusal(entry, begun.get(entry.session)) ??
      brokenByAbsence(entry, log.faults, terms);
    if (rule !== null) violations.push({ rule, entry });
  }
  return violations;
}

function brokenByAcceptance(
  { kind, status, sent, server }: Entry,
  endings: readonly Ending[],
  { maxStaleness }: CheckerTerms,
): Violation["rule"] | null {
  if (status !== 200 || kind === "revoke") return null;
  for (const ending of endings) {
    // A refresh asks the database, which knows at once.
    if (kind === "refresh" && sent > ending.at) return "refreshed after its end";
    if (sent > ending.at && server === ending.server) {
      return "accepted by the server that acknowledged";
    }
    if (sent > ending.at + maxStaleness) return "accepted after the bound";
  }
  return null;
}

function brokenByRefusal(
  { status, done }: Entry,
  endBegun: number | undefined,
): Violation["rule"] | null {
  if (![0, 200, 401, 503].includes(status)) return "unexpected status";
  // An end whose answer was lost may have been carried out, so begun is enough.
  const mayBeOver = endBegun !== undefined && endBegun < done;
  return status === 401 && !mayBeOver ? "signed out without an end" : null;
}

function brokenByAbsence(
  { status, sent, done }: Entry,
  faults: readonly Fault[],
  { recovery }: CheckerTerms,
): Violation["rule"] | null {
  if (status !== 503 && status !== 0) return null;
  const excused = faults.some(({ from, to }) => done >= from && sent <= to + recovery);
  return excused ? null : "not recovered";
}
