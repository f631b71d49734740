import type { Principal } from "../model/credentials.js";
import { invalid, SessionError, unavailable } from "../model/errors.js";
import { contextOf, type SessionId } from "../model/session.js";
import type { Activity } from "../process/activity.js";
import type { Clock } from "../process/clock.js";
import type { EndReasons } from "../revocation/end-reasons.js";
import type { RevocationFeed } from "../revocation/feed.js";
import type { RevocationIndex } from "../revocation/revocation-index.js";
import type { Signals } from "../revocation/signals.js";
import { type AccessTokenSettings, openAccessToken } from "./access-token.js";
import type { ApiKeyReader } from "./api-key-reader.js";
import { createPrincipals, type Proof } from "./principals.js";
import { createTokenCache, LONGEST_TOKEN } from "./token-cache.js";

/** Checks access tokens without I/O. */
export interface Verifier {
  verify(token: string): Promise<Principal>;
  /**
   * `null` when only `verify` can answer: the process is not up to date, does not know yet whether
   * the session was ever committed, or has to read an API key.
   */
  verifyNow(token: string): Principal | null;
  /** Creates a principal that was proven in another way, such as by a refresh token. */
  principal(proof: Proof): Principal;
  /** The key of the token that proved a principal; `null` for one that was not created here. */
  keyIdOf(principal: object): string | null;
  /** Forgets every verified token, because a key has left the ring. */
  clear(): void;
  /** Forgets principals that have signals: the cache alone must not keep those alive. */
  letGo(): void;
  readonly size: number;
}

interface VerifierDependencies {
  readonly tokens: AccessTokenSettings;
  readonly index: RevocationIndex;
  readonly feed: RevocationFeed;
  readonly activity: Activity;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly cacheSize: number;
  readonly apiKeys: ApiKeyReader;
  readonly endReasons: EndReasons;
  /** Reads the session: rejects if it does not exist, and marks it as revoked if it has ended. */
  readonly requireCommitted: (id: SessionId) => Promise<void>;
}

interface Verified {
  readonly principal: Principal;
  readonly sessionId: SessionId;
  /** When the token expires, or what was read of an API key. */
  readonly expiresAt: number;
  readonly isApiKey: boolean;
  /** `true` until this process has seen that the transaction of the sign-in was committed. */
  pending: boolean;
  /** The state of the index at the last check. While the index is unchanged, so is the answer. */
  clearedBy: number;
  /** When its use was last recorded, so that a busy session is recorded once a second. */
  notedAt: number;
}

const NOTE_INTERVAL = 1000;

export function createVerifier(dependencies: VerifierDependencies): Verifier {
  const { index, feed, activity, signals, clock, apiKeys } = dependencies;
  const cache = createTokenCache<Verified>(dependencies.cacheSize);

  const open = (token: string): Verified => {
    const claims = openAccessToken(token, dependencies.tokens);
    const keyId = dependencies.tokens.ring.ofToken(token)?.id;
    if (claims === null || keyId === undefined) throw invalid("forged");
    const { user, sessionId, generation, pending, extra, expiresAt, context } = claims;
    const proof = { keyId, user, sessionId, generation, claims: extra, expiresAt, context };
    return {
      principal: principals.of(proof),
      sessionId,
      expiresAt,
      isApiKey: false,
      pending,
      clearedBy: -1,
      notedAt: Number.NEGATIVE_INFINITY,
    };
  };

  /** `null`: an API key that this process has not read. */
  const lookUp = (token: string, now: number): Verified | null => {
    if (typeof token !== "string" || token.length > LONGEST_TOKEN) throw invalid("malformed");
    const known = cache.get(token);
    if (known !== undefined) return known;
    if (apiKeys.isKey(token)) {
      apiKeys.refuseEarly(token);
      return null;
    }
    const verified = open(token);
    // Do not cache a token that is refused anyway.
    if (now < verified.expiresAt) cache.set(token, verified);
    return verified;
  };

  const judge = (token: string, now: number): Principal | null => {
    const verified = lookUp(token, now);
    if (verified === null) return null;
    if (now >= verified.expiresAt) {
      // It stays in the cache, since whoever was let in is read again before those who were not.
      if (verified.isApiKey) return null;
      cache.delete(token);
      throw invalid("expired");
    }
    if (verified.clearedBy !== index.version) {
      const { actor } = verified.principal;
      // At once, although what ended it is told of the session of whoever acts alone.
      if (index.has(verified.sessionId) || (actor !== null && index.has(actor.sessionId))) {
        cache.delete(token);
        throw invalid("revoked");
      }
      if (index.isOutdated(verified.sessionId, verified.principal.generation)) {
        // The key itself is good: what it stands for is read again.
        if (verified.isApiKey) return null;
        cache.delete(token);
        throw invalid("outdated");
      }
      verified.clearedBy = index.version;
    }
    if (verified.pending) return null;
    if (now - verified.notedAt >= NOTE_INTERVAL) note(verified, now);
    return verified.principal;
  };

  const note = (verified: Verified, now: number): void => {
    const { sessionId, principal } = verified;
    if (verified.notedAt === Number.NEGATIVE_INFINITY && !verified.isApiKey) {
      activity.firstUse(sessionId, principal.generation);
    }
    verified.notedAt = now;
    activity.used(sessionId, now);
    // Whoever acts as somebody else uses their own session too.
    if (principal.actor !== null) activity.used(principal.actor.sessionId, now);
  };

  const principals = createPrincipals(signals);

  const verifyNow = (token: string): Principal | null => {
    const now = clock.now();
    if (feed.isFresh(now)) return judge(token, now);
    // A forged token is refused without asking the database.
    lookUp(token, now);
    return null;
  };

  /** Asks the database for what the answer needs. */
  const verifyByAsking = async (token: string): Promise<Principal> => {
    if (!feed.isFresh(clock.now())) await feed.fresh();
    const known = judge(token, clock.now());
    if (known !== null) return known;
    const verified = lookUp(token, clock.now());
    if (verified === null || verified.isApiKey) return await readApiKey(token);
    await dependencies.requireCommitted(verified.sessionId);
    // Look the token up again, since a key may have left the ring in the meantime.
    const again = lookUp(token, clock.now());
    if (again !== null) again.pending = false;
    return judge(token, clock.now()) ?? (await verifyByAsking(token));
  };

  const readApiKey = async (token: string, isSecondTry = false): Promise<Principal> => {
    const isSeen = cache.has(token);
    const read = await apiKeys.read(token, isSeen).catch((error: unknown) => {
      if (error instanceof SessionError && error.code === "credential_invalid") cache.delete(token);
      throw error;
    });
    const { session, claims, trustedUntil } = read;
    const { user, id: sessionId, generation, expiresAt, scopes } = session;
    // It may have ended since it was read.
    if (index.has(sessionId)) throw invalid("revoked");
    // Or its claims may be older than the latest refreshClaims().
    if (index.isOutdated(sessionId, generation)) {
      if (!isSecondTry) return readApiKey(token, true);
      throw unavailable("find", new Error("the database is older than what it told of an API key"));
    }
    const verified: Verified = {
      principal: principals.of({
        keyId: "",
        user,
        sessionId,
        generation,
        claims,
        expiresAt,
        context: contextOf(session),
        scopes: scopes ?? [],
      }),
      sessionId,
      expiresAt: trustedUntil,
      isApiKey: true,
      pending: false,
      clearedBy: index.version,
      notedAt: Number.NEGATIVE_INFINITY,
    };
    cache.delete(token);
    cache.set(token, verified);
    note(verified, clock.now());
    return verified.principal;
  };

  /** Tells whoever holds a genuine token of an ended session how that ended. */
  const refuse = async (token: string, error: unknown): Promise<never> => {
    if (!(error instanceof SessionError) || error.reason !== "revoked") throw error;
    if (error.sessionEnded !== undefined) throw error;
    const sessionId = apiKeys.idOf(token) ?? open(token).sessionId;
    throw invalid("revoked", await dependencies.endReasons.of(sessionId));
  };

  return {
    verify(token) {
      // Not an async function: on this path every microtask and closure counts.
      try {
        const known = verifyNow(token);
        if (known !== null) return Promise.resolve(known);
      } catch (error) {
        return refuse(token, error);
      }
      return verifyByAsking(token).catch((error: unknown) => refuse(token, error));
    },
    verifyNow,
    principal: principals.of,
    keyIdOf: principals.keyIdOf,
    clear: cache.clear,
    letGo: () => cache.drop(({ principal }) => principals.hasSignal(principal)),
    get size() {
      return cache.size;
    },
  };
}
