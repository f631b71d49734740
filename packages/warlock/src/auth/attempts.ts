import { createHash, randomBytes } from "node:crypto";
import { optionalPeer } from "../core/optional-peer.js";

/** A limited number of places for attempts. Each attempt takes one before it is made. */
export interface Attempts {
  /** Takes a place: `null`, or in how many milliseconds to try again when none is free. */
  take(identifier: string): Promise<number | null>;
  /** Gives a place back; with `forgiven` also the places of earlier failures. */
  giveBack(identifier: string, forgiven: boolean): Promise<void>;
  /** Leaves the place taken until the window is over. The last of `max` failures locks. */
  fail(identifier: string): Promise<void>;
}

/** Times in milliseconds. */
export interface AttemptsOptions {
  readonly max: number;
  readonly window: number;
  readonly lockout: number;
}

interface Count {
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
}

/** The part of `rate-limiter-flexible` that is used. */
interface Counter {
  penalty(key: string): Promise<Count>;
  reward(key: string, points: number): Promise<Count>;
  get(key: string): Promise<Count | null>;
  set(key: string, points: number, seconds: number): Promise<Count>;
  delete(key: string): Promise<boolean>;
}

interface Library {
  readonly RateLimiterMemory: new (terms: { points: number; duration: number }) => Counter;
}

/** As many places taken as can never be given back. */
const LOCKED = 2 ** 40;
/** In milliseconds. Where attempts that are under way take all places, one is free again soon. */
const MOMENT = 1000;
/**
 * How many identifiers are told apart at most, so that nobody fills the memory with invented names.
 * Identifiers that share a count by chance are locked together.
 */
const BUCKETS = 2 ** 20;

/** @throws TypeError where `rate-limiter-flexible` is not installed. */
export function createAttempts({ max, window, lockout }: AttemptsOptions): Attempts {
  const { RateLimiterMemory } = library();
  const terms = { points: max, duration: window / 1000 };
  /** Places taken by failures and by attempts that are under way. */
  const taken = new RateLimiterMemory(terms);
  const failures = new RateLimiterMemory(terms);
  const seed = randomBytes(16);
  const keyOf = (identifier: string): string =>
    String(createHash("sha256").update(seed).update(identifier).digest().readUInt32BE() % BUCKETS);

  const release = async (key: string, places: number): Promise<void> => {
    const { consumedPoints } = await taken.reward(key, places);
    // The window may have ended meanwhile: nobody gets more places than there are.
    if (consumedPoints <= 0) await taken.delete(key);
  };

  return {
    async take(identifier) {
      const key = keyOf(identifier);
      const { consumedPoints, msBeforeNext } = await taken.penalty(key);
      if (consumedPoints <= max) return null;
      await release(key, 1);
      return consumedPoints < LOCKED ? MOMENT : msBeforeNext;
    },
    async giveBack(identifier, forgiven) {
      const key = keyOf(identifier);
      const failed = forgiven ? await failures.get(key) : null;
      if (failed !== null) await failures.delete(key);
      await release(key, 1 + (failed?.consumedPoints ?? 0));
    },
    async fail(identifier) {
      const key = keyOf(identifier);
      const { consumedPoints } = await failures.penalty(key);
      if (consumedPoints < max) return;
      await failures.delete(key);
      await taken.set(key, LOCKED, lockout / 1000);
    },
  };
}

function library(): Library {
  const found: unknown = optionalPeer("rate-limiter-flexible", "loginThrottleMiddleware");
  if (isLibrary(found)) return found;
  throw new TypeError("rate-limiter-flexible has no RateLimiterMemory: install version 11");
}

function isLibrary(found: unknown): found is Library {
  return typeof found === "object" && found !== null && "RateLimiterMemory" in found;
}
