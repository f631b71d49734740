/** How well this process is informed of revocations. */
export interface Health {
  /** `hinted`: hints and catch-up; `polling`: catch-up alone; `stale`: beyond `maxStaleness`; `starting`: not yet loaded. */
  readonly feed: "hinted" | "polling" | "stale" | "starting";
  /** When the last complete catch-up read was begun; `null` before the first. */
  readonly freshAsOf: Date | null;
  /** Revocations remembered. */
  readonly indexSize: number;
  /** Verified tokens remembered. */
  readonly cacheSize: number;
  /** The last failure of the feed or of a flush since it last worked; its message only. */
  readonly lastError: string | null;
}
