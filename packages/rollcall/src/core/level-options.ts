import type { Duration } from "./duration.js";

/** Limits that NIST SP 800-63B-4 sets: 30 days; 24 hours and 1 hour idle; 12 hours and 15 minutes idle. */
export type LevelPreset = "nist-aal1" | "nist-aal2" | "nist-aal3";

/** The limits of a level, in addition to those of the session. The smaller one counts. */
export interface LevelOptions {
  /**
   * A session at this level ends after lying idle this long.
   * @default that of the session alone
   * @remarks When a level is to be left soon on a device that nobody uses.
   */
  readonly idleTimeout?: Duration;
  /**
   * A session at this level ends this long after its user was last authenticated.
   * @default that of the session alone
   * @remarks To the time after which people must authenticate again at this level.
   */
  readonly absoluteTimeout?: Duration;
}
