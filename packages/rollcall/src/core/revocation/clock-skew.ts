import type { Faults } from "../process/faults.js";

/** Finds out whether this process's clock agrees with the database's. */
export interface ClockSkew {
  /** A read was begun at `begun` and over at `over`, by our clock; in between it was `told` there. */
  compare(begun: number, over: number, told: number): void;
  /** Milliseconds ahead of the database, negative behind; `null` before the first read. */
  readonly ahead: number | null;
  /** What is wrong, while it is. */
  readonly complaint: string | null;
}

/** Revocations are remembered this much longer; tokens are judged wrongly by no more than this. */
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
        // Half, so that a clock at the edge is no news again and again.
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
