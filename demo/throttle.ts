import { createHash } from "node:crypto";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import { SessionError } from "rollcall";
import { asked } from "./asked.js";
import { createTurns } from "./turns.js";

/** Counts attempts atomically, across all processes that share the database. */
export type Limiter = Pick<RateLimiterAbstract, "consume" | "reward" | "delete">;

/** Makes a counter in the demo's database. */
export type MakeLimiter = (options: LimiterOptions) => Limiter;

export interface LimiterOptions {
  readonly keyPrefix: string;
  /** How many attempts may fail or be in progress within `duration`; more are refused until it ends. */
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** Limits failed sign-ins by account and by address. */
export interface Throttle {
  /**
   * Makes an attempt, unless too many have failed before. `null` is a failure; an attempt that
   * throws does not count.
   *
   * @throws SessionError `throttled` in place of the attempt.
   */
  attempt<T>(account: string, address: string, attempt: () => Promise<T | null>): Promise<T | null>;
}

const QUARTER_OF_AN_HOUR = 900;
const ACCOUNT: LimiterOptions = { keyPrefix: "account", points: 5, duration: QUARTER_OF_AN_HOUR };
const ADDRESS: LimiterOptions = { keyPrefix: "address", points: 20, duration: QUARTER_OF_AN_HOUR };

/**
 * Attempts are counted before they are made, and removed if they succeed. So if 40 guesses arrive at
 * once, in any number of processes, no more are tried than may fail. Within a process, attempts for
 * one account or address run one after the other, so that a correct password is not refused merely
 * because others are being checked.
 */
export function createThrottle(make: MakeLimiter): Throttle {
  const accounts = make(ACCOUNT);
  const addresses = make(ADDRESS);
  const inTurn = createTurns();

  const count = async <T>(
    account: string,
    address: string,
    attempt: () => Promise<T | null>,
  ): Promise<T | null> => {
    await consume(accounts, account);
    try {
      await consume(addresses, address);
    } catch (refusal) {
      await giveBack(accounts, account);
      throw refusal;
    }
    const result = await attempt().catch(async (error) => {
      await giveBack(accounts, account);
      await giveBack(addresses, address);
      throw error;
    });
    if (result === null) return null;
    await asked(() => accounts.delete(account));
    // Do not reset the address: the owner of one account must not gain attempts at others.
    await giveBack(addresses, address);
    return result;
  };

  return {
    async attempt(account, address, attempt) {
      const [one, other] = [keyOf(account), keyOf(address)];
      return await inTurn(`account ${one}`, () =>
        inTurn(`address ${other}`, () => count(one, other, attempt)),
      );
    },
  };
}

/** A hash: keys have one length, and people sometimes type their password into this field. */
function keyOf(name: string): string {
  return createHash("sha256").update(name).digest("base64url");
}

async function consume(limiter: Limiter, key: string): Promise<void> {
  await asked(async () => {
    try {
      await limiter.consume(key);
    } catch (refusal) {
      throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
    }
  });
}

async function giveBack(limiter: Limiter, key: string): Promise<void> {
  await asked(async () => {
    const { consumedPoints } = await limiter.reward(key);
    // The window may have ended in the meantime; do not give more attempts than the limit.
    if (consumedPoints < 0) await limiter.delete(key);
  });
}

function tooMany({ msBeforeNext }: RateLimiterRes): SessionError {
  return new SessionError("throttled", { retryAfter: msBeforeNext / 1000 });
}
