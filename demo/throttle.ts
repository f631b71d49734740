import { createHash } from "node:crypto";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import { SessionError } from "rollcall";

/** Counts failures, atomically among all processes on the database. */
export type Limiter = Pick<RateLimiterAbstract, "points" | "get" | "consume" | "delete">;

/** Makes a counter of failures in the demo's database. */
export type MakeLimiter = (terms: LimiterTerms) => Limiter;

export interface LimiterTerms {
  readonly keyPrefix: string;
  /** Failures within `duration`, after which all is refused for the rest of it. */
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** Limits failed sign-ins by account and by address. */
export interface Throttle {
  /** @throws SessionError `throttled` when the account or the address has failed too often. */
  admit(account: string, address: string): Promise<void>;
  /** @throws SessionError `throttled` when there had been too many failures before this one. */
  failed(account: string, address: string): Promise<void>;
  /** @throws SessionError `throttled` when others have failed too often meanwhile. */
  succeeded(account: string, address: string): Promise<void>;
}

const QUARTER_OF_AN_HOUR = 900;
const ACCOUNT: LimiterTerms = { keyPrefix: "account", points: 5, duration: QUARTER_OF_AN_HOUR };
const ADDRESS: LimiterTerms = { keyPrefix: "address", points: 20, duration: QUARTER_OF_AN_HOUR };

/**
 * Attempts count when they are over, in the order in which they end: so 40 that arrive at once are
 * judged as if they had come one after another, in any number of processes, and no right password
 * is refused merely because others are being checked.
 */
export function createThrottle(make: MakeLimiter): Throttle {
  const accounts = make(ACCOUNT);
  const addresses = make(ADDRESS);

  const admit = async (account: string, address: string): Promise<void> => {
    for (const [limiter, name] of [
      [accounts, account],
      [addresses, address],
    ] as const) {
      const known = await limiter.get(keyOf(name));
      if (known !== null && known.consumedPoints >= limiter.points) throw tooMany(known);
    }
  };

  return {
    admit,
    async failed(account, address) {
      await consume(accounts, account);
      // What the account has refused already does not count against the address.
      await consume(addresses, address);
    },
    async succeeded(account, address) {
      await admit(account, address);
      // The address keeps its failures: who owns one account must not clear the way to others.
      await accounts.delete(keyOf(account));
    },
  };
}

/** Of one length, whatever was typed; and what people type there is at times their password. */
function keyOf(name: string): string {
  return createHash("sha256").update(name).digest("base64url");
}

async function consume(limiter: Limiter, name: string): Promise<void> {
  try {
    await limiter.consume(keyOf(name));
  } catch (refusal) {
    throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): SessionError {
  return new SessionError("throttled", { retryAfter: msBeforeNext / 1000 });
}
