/** One request and its answer, by the driver's monotonic clock in milliseconds. */
export interface Entry {
  readonly kind: "check" | "refresh" | "revoke";
  /** Which server was asked; -1: the driver's own transaction on the database. */
  readonly server: number;
  /** Which session, by the order of the sign-ins. Tokens never enter the log. */
  readonly session: number;
  readonly sent: number;
  readonly done: number;
  /** 0: no answer. */
  readonly status: number;
}

/** A fault, from its begin until it was mended. */
export interface Fault {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** All that a run tells. */
export interface Log {
  readonly entries: readonly Entry[];
  readonly faults: readonly Fault[];
}
