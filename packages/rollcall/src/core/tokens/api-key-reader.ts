import { invalid, type SessionError, unavailable } from "../model/errors.js";
import type { JsonObject } from "../model/json.js";
import { isActive, type SessionId, type StoredSession } from "../model/session.js";
import { expiryOf, revocationOf } from "../model/session-ended.js";
import type { Found } from "../port/operations.js";
import type { BoundedCall } from "../process/bounded-call.js";
import { decodeApiKey, isSecretOf, prefixOf } from "./api-key.js";

/** A key that the database knows, as it was read. */
export interface ReadKey {
  readonly session: StoredSession;
  /** What `claimsFor` says of its user. */
  readonly claims: JsonObject;
  /** Until when the process may believe what it read. */
  readonly trustedUntil: number;
}

/** Checks API keys, of which only the database knows. */
export interface ApiKeyReader {
  /** Whether a credential is written like one of the application's keys, so that no other can be meant. */
  isKey(token: string): boolean;
  /** The session of a key, whatever it is worth; `null` for what is no key. */
  idOf(token: string): SessionId | null;
  /**
   * Refuses without I/O what cannot be good: a key with a wrong checksum, or one that has ended.
   *
   * @throws SessionError `credential_invalid`.
   */
  refuseEarly(token: string): void;
  /**
   * Reads the key. `isSeen`: this process has found it good before.
   *
   * @throws SessionError `credential_invalid`, `store_unavailable`.
   */
  read(token: string, isSeen: boolean): Promise<ReadKey>;
}

interface ApiKeyReaderDependencies {
  /** The kind of each prefix. */
  readonly kinds: ReadonlyMap<string, string>;
  /** How long what was read may be believed, in milliseconds. */
  readonly trust: number;
  readonly callStore: BoundedCall;
  /** Bounded too, so that its turn ends when the database hangs. */
  readonly find: (id: SessionId) => Promise<Found | null>;
  /** Rejects, and ends the session, if its user is gone. */
  readonly claimsOf: (session: StoredSession) => Promise<JsonObject>;
  /** Called with a session that has been revoked, which this process may not know yet. */
  readonly revoked: (session: StoredSession) => void;
}

/**
 * Reads of keys that were not seen before, at a time. Whoever makes keys up must not take the
 * connections of those who are let in: known keys are read again without a limit.
 */
const MOST_AT_ONCE = 4;
/** So many wait for their turn; more get a 503. */
const MOST_WAITING = 1000;
/** Keys that have ended and are still presented: a job that nobody looks after asks for nothing. */
const MOST_ENDED = 1000;

export function createApiKeyReader(dependencies: ApiKeyReaderDependencies): ApiKeyReader {
  const { kinds } = dependencies;
  /** Genuine keys, by their text. What has ended never comes back. */
  const ended = new Map<string, SessionError>();
  /** All who present a key at a time share one read. */
  const reading = new Map<string, Promise<ReadKey>>();
  const waiting: (() => void)[] = [];
  let atOnce = 0;

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (atOnce >= MOST_AT_ONCE) {
      if (waiting.length >= MOST_WAITING) {
        throw unavailable("find", new Error("too many unknown API keys are presented"));
      }
      // Whoever lets go hands its turn over, so the count stays.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else atOnce += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) atOnce -= 1;
      else next();
    }
  };

  const remember = (token: string, error: SessionError): SessionError => {
    ended.set(token, error);
    for (const [oldest] of ended) {
      if (ended.size <= MOST_ENDED) break;
      ended.delete(oldest);
    }
    return error;
  };

  const isKey = (token: string): boolean => {
    // A JWT, which most credentials are, has a dot.
    if (kinds.size === 0 || token.includes(".")) return false;
    const prefix = prefixOf(token);
    return prefix !== null && kinds.has(prefix);
  };

  const read = async (token: string, isSeen: boolean): Promise<ReadKey> => {
    const key = decodeApiKey(token);
    if (key === null) throw invalid("malformed");
    const ask = (): Promise<Found | null> => dependencies.find(key.sessionId);
    // Waiting counts too: nobody waits for an answer longer than for the database.
    const found = await (isSeen ? ask() : dependencies.callStore("find", () => inTurn(ask)));
    if (found === null) throw invalid("unknown");
    const { session, now } = found;
    const { secretHash, kind } = session;
    // Nothing is told of a session before its secret is proven.
    if (secretHash === null || !isSecretOf(secretHash, key.secret)) throw invalid("forged");
    if (kinds.get(key.prefix) !== kind) throw invalid("forged");
    if (session.revokedAt !== null) {
      dependencies.revoked(session);
      throw remember(token, invalid("revoked", revocationOf(session)));
    }
    if (!isActive(session, now)) {
      throw remember(token, invalid("expired", expiryOf(session)));
    }
    const claims = await dependencies.claimsOf(session);
    const trustedUntil = Math.min(now + dependencies.trust, session.expiresAt);
    return { session, claims, trustedUntil };
  };

  return {
    isKey,
    idOf: (token) => (isKey(token) ? (decodeApiKey(token)?.sessionId ?? null) : null),
    refuseEarly(token) {
      const error = ended.get(token);
      if (error !== undefined) throw error;
      if (decodeApiKey(token) === null) throw invalid("malformed");
    },
    read(token, isSeen) {
      const underWay = reading.get(token);
      if (underWay !== undefined) return underWay;
      const one = read(token, isSeen).finally(() => reading.delete(token));
      reading.set(token, one);
      return one;
    },
  };
}
