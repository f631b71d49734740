import { SessionError } from "../model/errors.js";
import { callBack } from "./call-back.js";

/** Tells the application what goes wrong in the background, where no caller would hear of it. */
export interface Faults {
  /**
   * Tells of a fault of a part, unless that part has told the same since it last worked: once for
   * an outage, however many retries fail in it. The message must hold no secret.
   */
  tell(part: string, error: Error): void;
  /** The part works again: what it tells next is news. */
  passed(part: string): void;
}

/** An outage shows in a few ways, not in endlessly many. */
const MESSAGES_OF_PART = 8;
/** Unreadable rows are a part each; forgetting the oldest means telling of it once more, at worst. */
const PARTS = 1000;

/** @param onError Option of `createSessions`. What it throws is ignored: it is the last to be told. */
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

/** A fault of the background, with what led to it. */
export function fault(what: string, error: unknown): Error {
  const cause = causeOf(error);
  return new Error(`${what}: ${messageOf(cause)}`, { cause });
}

/** What lies behind a `store_unavailable`: the error of the driver or of the store. */
export function causeOf(error: unknown): unknown {
  return error instanceof SessionError ? (error.cause ?? error) : error;
}

/** For one line of a log. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.message !== "") return error.message;
  // What Node gives where a name has several addresses and none of them takes a connection.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** Default of `onError`. */
export function logFault(error: Error): void {
  console.error(`rollcall: ${error.message}`);
}
