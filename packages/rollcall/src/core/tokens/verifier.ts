import type { Principal } from "../model/credentials.js";
import { invalid } from "../model/errors.js";
import type { JsonObject } from "../model/json.js";
import type { SessionId } from "../model/session.js";
import type { User } from "../model/user.js";
import type { Activity } from "../process/activity.js";
import type { Clock } from "../process/clock.js";
import type { RevocationFeed } from "../revocation/feed.js";
import type { RevocationIndex } from "../revocation/revocation-index.js";
import type { Signals } from "../revocation/signals.js";
import { type AccessTokenSettings, openAccessToken } from "./access-token.js";

/** Checks access tokens without I/O. */
export interface Verifier {
  verify(token: string): Promise<Principal>;
  /**
   * `null` when the process is not up to date, or does not know yet whether the session was ever
   * committed, so that only `verify` can answer.
   */
  verifyNow(token: string): Principal | null;
  /** A principal proven otherwise, by a refresh token say. */
  principal(proof: Proof): Principal;
  /** Forgets every verified token: a key has left the ring. */
  clear(): void;
  /** Forgets principals whose signals were asked for: the cache alone must not keep those. */
  letGo(): void;
  readonly size: number;
}

/** What makes a principal. */
export interface Proof {
  /** Of the token that was presented. */
  readonly keyId: string;
  readonly user: User;
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly claims: JsonObject;
  readonly expiresAt: number;
}

interface VerifierDependencies {
  readonly tokens: AccessTokenSettings;
  readonly index: RevocationIndex;
  readonly feed: RevocationFeed;
  readonly activity: Activity;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly cacheSize: number;
  /** By one read: rejects when there is no such session, learns of it when it has ended. */
  readonly requireCommitted: (id: SessionId) => Promise<void>;
}

interface Verified {
  readonly principal: Principal;
  readonly sessionId: SessionId;
  readonly expiresAt: number;
  /** Until this process has seen that the transaction of the sign-in was committed. */
  pending: boolean;
  /** The state of the index that it was last checked against: while that stands, so does the answer. */
  clearedBy: number;
  /** When its use was last noted, so that a busy session costs a note a second. */
  notedAt: number;
}

const NOTE_INTERVAL = 1000;
/** Longer texts are not even looked at; headers of this size don't pass most servers. */
const LONGEST_TOKEN = 8192;

export function createVerifier(dependencies: VerifierDependencies): Verifier {
  const { index, feed, activity, signals, clock } = dependencies;
  // Two halves: what is used moves to the young one, and the old one goes as a whole. So the cache
  // is bounded without bookkeeping on the way of a hit.
  const half = Math.max(1, Math.floor(dependencies.cacheSize / 2));
  let young = new Map<string, Verified>();
  let old = new Map<string, Verified>();

  /** A flat copy: a token is a part of a header, and the whole would live as long as the entry. */
  const flat = (token: string): string => Buffer.from(token, "latin1").toString("latin1");

  const remember = (token: string, verified: Verified): void => {
    if (young.size >= half) {
      old = young;
      young = new Map();
    }
    young.set(flat(token), verified);
  };

  const forget = (token: string): void => {
    young.delete(token);
    old.delete(token);
  };

  const open = (token: string): Verified => {
    const claims = openAccessToken(token, dependencies.tokens);
    const keyId = dependencies.tokens.ring.ofToken(token)?.id;
    if (claims === null || keyId === undefined) throw invalid("forged");
    const { user, sessionId, generation, pending, extra, expiresAt } = claims;
    return {
      principal: principal({ keyId, user, sessionId, generation, claims: extra, expiresAt }),
      sessionId,
      expiresAt,
      pending,
      clearedBy: -1,
      notedAt: Number.NEGATIVE_INFINITY,
    };
  };

  const lookUp = (token: string, now: number): Verified => {
    if (typeof token !== "string" || token.length > LONGEST_TOKEN) throw invalid("malformed");
    const known = young.get(token);
    if (known !== undefined) return known;
    const verified = old.get(token) ?? open(token);
    // What will be refused at once is not worth a place.
    if (now < verified.expiresAt) remember(token, verified);
    return verified;
  };

  const judge = (token: string, now: number): Principal | null => {
    const verified = lookUp(token, now);
    if (now >= verified.expiresAt) {
      forget(token);
      throw invalid("expired");
    }
    if (verified.clearedBy !== index.version) {
      if (index.has(verified.sessionId)) {
        forget(token);
        throw invalid("revoked");
      }
      verified.clearedBy = index.version;
    }
    if (verified.pending) return null;
    if (now - verified.notedAt >= NOTE_INTERVAL) note(verified, now);
    return verified.principal;
  };

  const note = (verified: Verified, now: number): void => {
    const { sessionId, principal } = verified;
    if (verified.notedAt === Number.NEGATIVE_INFINITY) {
      activity.firstUse(sessionId, principal.generation);
    }
    verified.notedAt = now;
    activity.used(sessionId, now);
  };

  // The signal is made when asked for and lives as long as its principal. One accessor serves all
  // of a key: with one of its own each principal would take four times the memory and time to make.
  const held = new WeakMap<object, AbortSignal>();
  const withSignal = (keyId: string): object =>
    Object.defineProperty({}, "signal", {
      enumerable: true,
      get(this: Principal) {
        const known = held.get(this);
        if (known !== undefined) return known;
        const signal = signals.of(this.sessionId, this.expiresAt.getTime(), keyId);
        held.set(this, signal);
        return signal;
      },
    });
  const byKey = new Map<string, object>();
  const prototypeOf = (keyId: string): object => {
    const known = byKey.get(keyId);
    if (known !== undefined) return known;
    const made = withSignal(keyId);
    byKey.set(keyId, made);
    return made;
  };

  const principal = ({
    keyId,
    user,
    sessionId,
    generation,
    claims,
    expiresAt,
  }: Proof): Principal => {
    const own = { user, sessionId, generation, claims, expiresAt: new Date(expiresAt) };
    return Object.setPrototypeOf(own, prototypeOf(keyId));
  };

  const verifyNow = (token: string): Principal | null => {
    const now = clock.now();
    if (feed.isFresh(now)) return judge(token, now);
    // A forged token is refused without a question to the database.
    lookUp(token, now);
    return null;
  };

  /** With the questions to the database that the answer takes. */
  const verifyByAsking = async (token: string): Promise<Principal> => {
    if (!feed.isFresh(clock.now())) await feed.fresh();
    const known = judge(token, clock.now());
    if (known !== null) return known;
    await dependencies.requireCommitted(lookUp(token, clock.now()).sessionId);
    // Looked up anew each time: a key may have left the ring meanwhile.
    lookUp(token, clock.now()).pending = false;
    return judge(token, clock.now()) ?? (await verifyByAsking(token));
  };

  return {
    verify(token) {
      // Not an async function: on this path each microtask and closure counts.
      try {
        const known = verifyNow(token);
        if (known !== null) return Promise.resolve(known);
        return verifyByAsking(token);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    verifyNow,
    principal,
    clear() {
      young = new Map();
      old = new Map();
    },
    letGo() {
      for (const half of [young, old]) {
        for (const [token, { principal }] of half) if (held.has(principal)) half.delete(token);
      }
    },
    get size() {
      return young.size + old.size;
    },
  };
}
