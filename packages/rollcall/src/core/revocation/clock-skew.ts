import type { Faults } from "../process/faults.js";

/** Finds out whether this process's clock agrees with the database's. */
export interface ClockSkew {
  /** A read started at `begun` and ended at `over` by our clock; the database's clock said `told`. */
  compare(begun: number, over: number, told: number): void;
  /** Milliseconds ahead of the database, negative if behind; `null` before the first read. */
  readonly ahead: number | null;
  /** The fault, while there is one. */
  readonly complaint: string | null;
}

/** More than this is a fault. Revocations are remembered this much longer, to allow for it. */
const TOLERATED = 60_000;

export function createClockSkew(faults: Faults): ClockSkew {
  let ahead: number | null = null;
  let complaint: string | null = null;
  return {
    compare(begun, over, told) {
      ahead = told < begun ? begun - told : told > over ? over - told : 0;
      const off = Math.abs(ahead);
      if (off > TOLERATED) {
        if (complaint !== null) return;
        complaint = describe(ahead);
        faults.tell("clock", new Error(complaint));
      } else if (complaint !== null && off <= TOLERATED / 2) {
        // Half of it, so that a clock near the limit is not reported over and over.
        complaint = null;
        faults.passed("clock");
      }
    },
    get ahead() {
      return ahead;
    },
    get complaint() {
      return complaint;
    },
  };
}

function describe(ahead: number): string {
  const off = `${(Math.abs(ahead) / 60_000).toFixed(1)} minutes`;
  const rest =
    ahead > 0
      ? `${off} ahead of the database's: access tokens are refused as expired too early`
      : `${off} behind the database's: expired access tokens are accepted for that long`;
  return `the clock of this process is ${rest}; synchronize it (NTP)`;
}
