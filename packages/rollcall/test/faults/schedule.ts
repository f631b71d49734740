import { FAULTS } from "./faults.js";
import type { Planned } from "./planned.js";
import { createRandom } from "./random.js";

/** Longer than maxStaleness, so that the bound is put to the test. */
const SHORT = 3000;
/** Longer than a connection is held on to that says nothing (three times storeTimeout). */
const LONG = 8000;

/**
 * Each fault once a round, in an order of chance. Everything is drawn beforehand and from nothing
 * but the seed, so that the same seed gives the same run of faults, whatever the servers do. The
 * first round is the short version; from the second on faults last between short and long.
 */
export function schedule(seed: number, rounds: number, servers: number): readonly Planned[] {
  const random = createRandom(seed);
  return Array.from({ length: rounds }, (_, round) => {
    const left = Object.keys(FAULTS);
    return Object.keys(FAULTS).map((): Planned => {
      const name = random.pick(left);
      left.splice(left.indexOf(name), 1);
      const lasting = SHORT + (round === 0 ? 0 : random.below(LONG - SHORT));
      return { name, server: random.below(servers), lasting };
    });
  }).flat();
}
