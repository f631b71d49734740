/** How up to date this process is about revocations. */
export interface Health {
  /**
   * `hinted`: hints and catch-up; `polling`: catch-up alone; `stale`: beyond `maxStaleness`;
   * `starting`: not yet loaded.
   */
  readonly feed: "hinted" | "polling" | "stale" | "starting";
  /** When the last complete catch-up read started; `null` before the first. */
  readonly freshAsOf: Date | null;
  /**
   * `true` while there are no requests. Nothing is read then, `freshAsOf` falls behind, and the next
   * request waits for one read. Calling `health()` starts a read too, so the next call is current.
   */
  readonly resting: boolean;
  /**
   * How far this process's clock is ahead of the database's, in milliseconds; negative: behind.
   * `null` before the first read. More than a minute is a fault, which `lastError` also reports.
   */
  readonly clockSkew: number | null;
  /** Revocations remembered. */
  readonly indexSize: number;
  /** Verified tokens remembered. */
  readonly cacheSize: number;
  /**
   * How many times since this process started a row could not be read and was skipped, or was read
   * in part. `onError` is told which.
   */
  readonly unreadable: number;
  /** The last failure of a read or a write in the background since it last worked, or a wrong clock. */
  readonly lastError: string | null;
}
