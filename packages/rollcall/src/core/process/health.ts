/** How well this process is informed of revocations. */
export interface Health {
  /**
   * `hinted`: hints and catch-up; `polling`: catch-up alone; `stale`: beyond `maxStaleness`;
   * `starting`: not yet loaded.
   */
  readonly feed: "hinted" | "polling" | "stale" | "starting";
  /** When the last complete catch-up read was begun; `null` before the first. */
  readonly freshAsOf: Date | null;
  /**
   * `true` while nobody asks: then nothing is read, `freshAsOf` falls behind, and the next request
   * is answered after a read. Calling `health()` sets off a read too, so the next call knows.
   */
  readonly resting: boolean;
  /**
   * How far this process's clock is ahead of the database's, in milliseconds; negative: behind.
   * `null` before the first read. More than a minute is a fault, told in `lastError` too.
   */
  readonly clockSkew: number | null;
  /** Revocations remembered. */
  readonly indexSize: number;
  /** Verified tokens remembered. */
  readonly cacheSize: number;
  /**
   * How often a row of the database could not be read and was left out, or was read in part, since
   * this process began. `onError` says which.
   */
  readonly unreadable: number;
  /** What is wrong: the last failure of a read or a flush since it last worked, or a wrong clock. */
  readonly lastError: string | null;
}
