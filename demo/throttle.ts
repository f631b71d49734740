import { createHash } from "node:crypto";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import { SessionError } from "rollcall";
import { asked } from "./asked.js";
import { createTurns } from "./turns.js";

/** Counts attempts, atomically among all processes on the database. */
export type Limiter = Pick<RateLimiterAbstract, "consume" | "reward" | "delete">;

/** Makes a counter in the demo's database. */
export type MakeLimiter = (options: LimiterOptions) => Limiter;

export interface LimiterOptions {
  readonly keyPrefix: string;
  /** Attempts that failed or are not over, within `duration`; beyond them all is refused for the rest of it. */
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
 * An attempt counts before it is made, and no longer once it has succeeded: of 40 guesses that
 * arrive at once, in any number of processes, no more are tried than may fail. Within a process,
 * those of one account or address wait for each other, so that no right password is refused merely
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
    // The address keeps its failures: who owns one account must not clear the way to others.
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

/** Of one length, whatever was typed; and what people type there is at times their password. */
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
    // The window may have ended meanwhile: nobody gets more attempts than there are.
    if (consumedPoints < 0) await limiter.delete(key);
  });
}

function tooMany({ msBeforeNext }: RateLimiterRes): SessionError {
  return new SessionError("throttled", { retryAfter: msBeforeNext / 1000 });
}
