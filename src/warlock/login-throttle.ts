import { AuthErrorCodes, toMilliseconds } from "./configurations.js";
import type { Request } from "./request.js";
import type { Response } from "./response.js";
import type { Middleware } from "./route.js";

/** What a failed sign-in is counted for. */
export type LoginThrottleIdentifier = "email" | "ip";

/** Options of {@link loginThrottleMiddleware}. Lives are text as of `ms`, or seconds. */
export interface LoginThrottleOptions {
  /** Failures after which it locks. @default 5 */
  readonly max?: number;
  /** How long failures count. @default "15m" */
  readonly window?: string | number;
  /** How long it stays locked. @default "15m" */
  readonly lockoutDuration?: string | number;
  /** What is counted, each for itself. @default both */
  readonly by?: readonly LoginThrottleIdentifier[];
  /** The input that names the account. @default "email" */
  readonly identifierKey?: string;
  readonly errorMessage?: string;
  /** @default what is no 2xx */
  readonly isFailure?: (response: Response) => boolean;
  /** In place of `by`. */
  readonly identify?: (request: Request) => readonly string[];
}

interface Tally {
  failures: number;
  /** On the monotonic clock. */
  until: number;
  isLocked: boolean;
}

/** More than this many are not remembered: the oldest go. */
const MOST_REMEMBERED = 100_000;

/**
 * Answers 429 EC004 where too many sign-ins have failed, until the lock-out is over; a sign-in that
 * succeeds clears what was counted for its account and its address. Each process counts for itself.
 */
export function loginThrottleMiddleware(options: LoginThrottleOptions = {}): Middleware {
  const { max = 5, errorMessage = "Too many attempts" } = options;
  const window = life(options.window ?? "15m", "window");
  const lockout = life(options.lockoutDuration ?? "15m", "lockoutDuration");
  const isFailure = options.isFailure ?? (({ isOk }) => !isOk);
  const identify = options.identify ?? ((request) => identifiers(request, options));
  const tallies = new Map<string, Tally>();

  const tallyOf = (identifier: string, now: number): Tally => {
    const known = tallies.get(identifier);
    if (known !== undefined && now < known.until) return known;
    const fresh = { failures: 0, until: now + window, isLocked: false };
    tallies.delete(identifier);
    tallies.set(identifier, fresh);
    const [oldest] = tallies.size > MOST_REMEMBERED ? tallies.keys() : [];
    if (oldest !== undefined) tallies.delete(oldest);
    return fresh;
  };

  return (request, response) => {
    const named = identify(request);
    const now = performance.now();
    const locked = named.map((identifier) => tallyOf(identifier, now)).filter((it) => it.isLocked);
    if (locked.length > 0) {
      const until = Math.max(...locked.map((tally) => tally.until));
      response.header("Retry-After", String(Math.max(1, Math.ceil((until - now) / 1000))));
      const errorCode = AuthErrorCodes.TooManyAttempts;
      return response.tooManyRequests({ error: errorMessage, errorCode });
    }
    response.onSent((sent) => {
      if (!isFailure(sent)) {
        for (const identifier of named) tallies.delete(identifier);
        return;
      }
      for (const identifier of named) {
        const tally = tallyOf(identifier, performance.now());
        tally.failures += 1;
        if (tally.failures < max || tally.isLocked) continue;
        Object.assign(tally, { isLocked: true, until: performance.now() + lockout });
      }
    });
    return undefined;
  };
}

function life(value: string | number, option: string): number {
  const name = `loginThrottle.${option}`;
  return toMilliseconds(typeof value === "number" ? value * 1000 : value, name, Number.NaN);
}

function identifiers(
  request: Request,
  { by = ["email", "ip"], identifierKey = "email" }: LoginThrottleOptions,
): string[] {
  const account: unknown = request.input(identifierKey);
  const named: string[] = [];
  if (by.includes("email") && typeof account === "string" && account !== "") {
    named.push(`email.${account.toLowerCase()}`);
  }
  if (by.includes("ip") && request.ip !== "") named.push(`ip.${request.ip}`);
  return named;
}
