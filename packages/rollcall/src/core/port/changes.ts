import type { StoredEvent } from "../model/events.js";
import type { OutdatedEntry, RevokedEntry } from "./operations.js";

/** What is new since a cursor. */
export interface ChangePage {
  readonly cursor: string;
  /** The clock's time at the read: how a process finds out that its own clock is wrong. */
  readonly now: number;
  /** `true`: the page is the whole window, since `cursor` was null or void. */
  readonly whole: boolean;
  readonly events: readonly StoredEvent[];
  readonly revoked: readonly RevokedEntry[];
  readonly outdated: readonly OutdatedEntry[];
}

/** Who is told that there may be something new. */
export interface HintListener {
  /** Something may be new. */
  changed(): void;
  /** The way hints come was lost or came back. */
  connected(up: boolean): void;
  /** Whether anybody depends on hints now. While nobody does, they need not be proven to arrive. */
  awaited?(): boolean;
}
