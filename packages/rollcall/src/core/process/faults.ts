import { SessionError } from "../model/errors.js";
import { callBack } from "./call-back.js";

/** Reports failures in the background, where no caller could receive an error. */
export interface Faults {
  /**
   * Reports a fault of a part once until the part works again, so that an outage is reported once
   * however many retries fail. The message must not contain a secret.
   */
  tell(part: string, error: Error): void;
  /** The part works again, so its next fault is reported. */
  passed(part: string): void;
}

/** The most distinct messages remembered per part. */
const MESSAGES_OF_PART = 8;
/** The most parts remembered. Each unreadable row is a part; a forgotten one may be reported twice. */
const PARTS = 1000;

/** @param onError The option of `createSessions`. If it throws, the error is ignored. */
export function createFaults(onError: (error: Error) => void): Faults {
  const told = new Map<string, Set<string>>();

  const isNews = (part: string, message: string): boolean => {
    const known = told.get(part);
    if (known !== undefined) {
      if (known.has(message) || known.size >= MESSAGES_OF_PART) return false;
      known.add(message);
      return true;
    }
    const [oldest] = told.keys();
    if (told.size >= PARTS && oldest !== undefined) told.delete(oldest);
    told.set(part, new Set([message]));
    return true;
  };

  return {
    tell(part, error) {
      if (isNews(part, error.message)) callBack(onError, error, () => {});
    },
    passed(part) {
      told.delete(part);
    },
  };
}

/** A fault in the background, with its cause. */
export function fault(what: string, error: unknown): Error {
  const cause = causeOf(error);
  return new Error(`${what}: ${messageOf(cause)}`, { cause });
}

/** The error of the driver or the store behind a `store_unavailable`. */
export function causeOf(error: unknown): unknown {
  return error instanceof SessionError ? (error.cause ?? error) : error;
}

/** An error as one line of a log. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.message !== "") return error.message;
  // Node throws this when a host name has several addresses and none accepts a connection.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** The default of `onError`. */
export function logFault(error: Error): void {
  console.error(`rollcall: ${error.message}`);
}
