import { DRIVER, type Entry } from "./log.js";

/** What the log knows of the end of a session. */
export interface Ends {
  /** When a request was sent that may have ended it; infinite: none was. */
  readonly begun: number;
  /** Each answer that said it was over: when it came, and which server has to know by itself. */
  readonly acknowledged: readonly { readonly at: number; readonly server: number }[];
}

/** A request that may have ended a session; `sure`: its answer says that it is over. */
interface Attempt {
  readonly entry: Entry;
  readonly sure: boolean;
}

const NEVER: Ends = { begun: Number.POSITIVE_INFINITY, acknowledged: [] };
const ENDINGS: ReadonlySet<Entry["kind"]> = new Set(["revoke", "revoke-others", "everywhere"]);

/**
 * Finds out who may have been ended when, and whose end was acknowledged. A request without an
 * answer, or answered 503, may have been carried out, even `afterlife` after it was given up; one
 * that was refused was not.
 */
export function endsOf(entries: readonly Entry[], afterlife: number): (session: number) => Ends {
  const signIns = signInsByUser(entries);
  const attempts = new Map<number, Attempt[]>();
  const note = (session: number, attempt: Attempt): void => {
    const known = attempts.get(session);
    if (known === undefined) attempts.set(session, [attempt]);
    else known.push(attempt);
  };
  for (const entry of entries) {
    if (!ENDINGS.has(entry.kind) || !mayBeDone(entry)) continue;
    const answered = entry.status === 200;
    if (entry.kind === "revoke") {
      for (const session of entry.about) note(session, { entry, sure: answered });
      continue;
    }
    const until = answered ? entry.done : entry.done + afterlife;
    for (const { session, sent, done } of signIns.get(entry.user) ?? []) {
      if (entry.kind === "revoke-others" && session === entry.session) continue;
      // A sign-in under way at that time may have come before or after.
      if (sent < until) note(session, { entry, sure: answered && done <= entry.sent });
    }
  }
  const ends = new Map([...attempts].map(([session, made]) => [session, summary(made)] as const));
  return (session) => ends.get(session) ?? NEVER;
}

function summary(attempts: readonly Attempt[]): Ends {
  const sure = attempts.filter((attempt) => attempt.sure);
  return {
    begun: Math.min(...attempts.map(({ entry }) => entry.sent)),
    acknowledged: sure.map(({ entry }) => {
      // Whoever ends many need not have ended one that another request had ended just before: of
      // that one its server may hear as any other does.
      const first = attempts.every(
        (other) => other.entry === entry || other.entry.sent > entry.done,
      );
      const server = entry.kind === "revoke" || first ? entry.server : DRIVER;
      return { at: entry.done, server };
    }),
  };
}

function signInsByUser(entries: readonly Entry[]): ReadonlyMap<number, readonly Entry[]> {
  const byUser = new Map<number, Entry[]>();
  for (const entry of entries) {
    if (entry.kind !== "sign-in" || entry.status !== 200) continue;
    const known = byUser.get(entry.user);
    if (known === undefined) byUser.set(entry.user, [entry]);
    else known.push(entry);
  }
  return byUser;
}

/** Whether what was asked for may have been carried out. */
export function mayBeDone({ status }: Entry): boolean {
  return status === 200 || status === 503 || status === 0;
}
