import { describe, expect, test } from "vitest";
import { postgresAvailable } from "../support/postgres.js";
import { check } from "./checker.js";
import { faultRun } from "./fault-run.js";

/** One round takes half a minute; `npm run faults` takes ten minutes. */
const ROUNDS = Number(process.env["FAULTS_ROUNDS"] ?? 1);
const SEED = Number(process.env["FAULTS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const TERMS = { maxStaleness: 2000, recovery: 10_000 };

describe.skipIf(!postgresAvailable)("CONTRACT 5 under faults", () => {
  test(
    `four servers on one database, seed ${SEED}`,
    async () => {
      console.log(`seed ${SEED}: FAULTS_SEED=${SEED} plays the same faults again`);
      const log = await faultRun({
        seed: SEED,
        rounds: ROUNDS,
        say: (line) => console.log(`faults: ${line}`),
      });
      const checks = log.entries.filter(({ kind }) => kind === "check");
      expect(checks.filter(({ status }) => status === 200).length).toBeGreaterThan(100);
      expect(checks.filter(({ status }) => status === 401).length).toBeGreaterThan(20);
      const found = check(log, TERMS);
      expect(found.slice(0, 10), `${found.length} violations`).toEqual([]);
    },
    60_000 + ROUNDS * 60_000,
  );
});
