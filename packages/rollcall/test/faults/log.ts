/** What was asked of a server. */
export type Kind =
  | "sign-in"
  | "check"
  | "list"
  | "refresh"
  | "revoke"
  | "revoke-others"
  | "everywhere";

/** One request and its answer, by the driver's monotonic clock in milliseconds. */
export interface Entry {
  readonly kind: Kind;
  /** Which server was asked; {@link DRIVER}: the driver's own transaction on the database. */
  readonly server: number;
  readonly user: number;
  /**
   * Whose credential was shown, by the order of the sign-ins; of a sign-in, the session it gave,
   * or {@link NOBODY}. Tokens never enter the log.
   */
  readonly session: number;
  readonly sent: number;
  readonly done: number;
  /** 0: no answer. */
  readonly status: number;
  /** Until when the access token was good by the clock of every server; `null`: none was shown. */
  readonly goodUntil: number | null;
  /** Of `revoke`, the session to end; of `list`, those of the driver's that were shown. */
  readonly about: readonly number[];
}

export const DRIVER = -1;
export const NOBODY = -1;

/** A fault, from its begin until it was mended. */
export interface Fault {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** The servers that may have been unable to answer. */
  readonly servers: readonly number[];
  /** Whether writes on the other servers may have waited for locks that it left behind. */
  readonly locks: boolean;
}

/** All that a run tells. */
export interface Log {
  /** How many servers there were. */
  readonly servers: number;
  readonly entries: readonly Entry[];
  readonly faults: readonly Fault[];
}

/** One line of JSON for each fault and each request, for whoever looks for the cause. */
export function toLines({ entries, faults }: Log): string {
  return [...faults, ...entries].map((line) => `${JSON.stringify(line)}\n`).join("");
}
