import type { Report } from "../../row.js";
import type { Connection } from "./database.js";

/**
 * What a verb that writes needs. Such verbs are plain synchronous functions over it, and neither
 * begin nor commit: the same ones run in a transaction of ours and in one of the caller's.
 */
export interface WriteTransaction {
  readonly connection: Connection;
  /** Names this process in events. */
  readonly processId: string;
  /** Reports rows that cannot be read. */
  readonly report: Report;
  /** Events were written, so other readers have something to learn. */
  announce(): void;
}

/** What a verb that only reads needs. */
export type ReadTransaction = Pick<WriteTransaction, "connection" | "report">;
