import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { postgresAvailable } from "../support/postgres.js";
import { check } from "./checker.js";
import { endsOf } from "./endings.js";
import { faultRun, SERVERS } from "./fault-run.js";
import { type Log, toLines } from "./log.js";
import { schedule } from "./schedule.js";

/** One round takes less than a minute, twelve (`npm run faults`) take ten. */
const ROUNDS = Number(process.env["FAULTS_ROUNDS"] ?? 1);
const SEED = Number(process.env["FAULTS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const TERMS = {
  maxStaleness: 2000,
  // What storeTimeout takes, and a little more.
  recovery: 2500,
  // The driver waits as long for an answer, and longer than any server is frozen.
  afterlife: 12_000,
};

const say = (line: string): void => {
  process.stdout.write(`faults: ${line}\n`);
};

/** How often each server was asked about a session later than it had to know of its end. */
function askedTooLate({ entries }: Log): readonly number[] {
  const ends = endsOf(entries, TERMS.afterlife);
  const late = entries.filter(
    ({ kind, session, sent }) =>
      kind === "check" &&
      ends(session).acknowledged.some(({ at }) => sent > at + TERMS.maxStaleness),
  );
  return SERVERS.map((_, index) => late.filter(({ server }) => server === index).length);
}

/** How old the end of a session was at most when a check of it was still let in, in milliseconds. */
function stalest({ entries }: Log): number {
  const ends = endsOf(entries, TERMS.afterlife);
  return entries
    .filter(({ kind, status }) => kind === "check" && status === 200)
    .flatMap(({ session, sent }) => ends(session).acknowledged.map(({ at }) => sent - at))
    .reduce((oldest, age) => Math.max(oldest, age), 0);
}

describe.skipIf(!postgresAvailable)("contract §5 under faults", () => {
  test(
    `four servers on one database, seed ${SEED}`,
    async () => {
      say(`seed ${SEED}; FAULTS_SEED=${SEED} plays the same faults again`);
      const planned = schedule(SEED, ROUNDS, SERVERS.length);
      const log = await faultRun({ ...TERMS, seed: SEED, schedule: planned, say });
      const signIns = log.entries.filter(({ kind }) => kind === "sign-in");
      say(
        `${log.entries.length} requests, ${signIns.length} sign-ins; ` +
          `let in at most ${stalest(log).toFixed(0)} ms after an acknowledged end`,
      );

      const found = check(log, TERMS);
      if (found.length > 0) {
        const path = join(await mkdtemp(join(tmpdir(), "rollcall-faults-")), "log.jsonl");
        await writeFile(path, toLines(log));
        say(`the log of all requests is in ${path}`);
      }
      expect(found.slice(0, 10), `${found.length} violations`).toEqual([]);

      // What was proven must have been put to the test.
      for (const kind of ["check", "list", "refresh", "revoke", "revoke-others", "everywhere"]) {
        const good = log.entries.filter((entry) => entry.kind === kind && entry.status === 200);
        expect(good.length, `answered: ${kind}`).toBeGreaterThan(0);
      }
      for (const [server, count] of askedTooLate(log).entries()) {
        expect(count, `server ${server} asked about ended sessions`).toBeGreaterThan(20);
      }
    },
    60_000 + ROUNDS * 120_000,
  );
});
