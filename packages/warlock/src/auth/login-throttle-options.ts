import { refuseUnknown } from "../core/known-keys.js";
import type { Request } from "../core/request.js";
import type { Response } from "../core/response.js";
import { toMilliseconds } from "./expiration.js";

/** What failed sign-ins are counted by. */
export type LoginThrottleIdentifier = "email" | "ip";

/** Options of `loginThrottleMiddleware`. Lives are text as of `ms`, or seconds; at most 24 days. */
export interface LoginThrottleOptions {
  /** Failures after which it locks; as many may be tried at once. @default 5 */
  readonly max?: number;
  /** How long failures count. @default "15m" */
  readonly window?: string | number;
  /** How long it stays locked. @default "15m" */
  readonly lockoutDuration?: string | number;
  /** What is counted, each by itself. @default both */
  readonly by?: readonly LoginThrottleIdentifier[];
  /** The input that names the account. @default "email" */
  readonly identifierKey?: string;
  readonly errorMessage?: string;
  /** Any answer but `false` is a failure. @default every status but 2xx */
  readonly isFailure?: (response: Response) => boolean;
  /**
   * In place of `by`. A request for which it gives `[]` is not counted, and a success clears the
   * failures of all that it gives.
   */
  readonly identify?: (request: Request) => readonly string[];
}

/** Options, total; times in milliseconds. */
export interface LoginThrottleSettings {
  readonly max: number;
  readonly window: number;
  readonly lockout: number;
  readonly by: readonly LoginThrottleIdentifier[];
  readonly identifierKey: string;
  readonly errorMessage: string;
  readonly isFailure: (response: Response) => boolean | Promise<boolean>;
  readonly identify: ((request: Request) => unknown) | undefined;
}

const KNOWN = [
  "max",
  "window",
  "lockoutDuration",
  "by",
  "identifierKey",
  "errorMessage",
  "isFailure",
  "identify",
];
const IDENTIFIERS: readonly unknown[] = ["email", "ip"];
/** Timers hold no longer times: one that is told a longer one rings at once. */
const LONGEST = 24 * 86_400_000;

/** @throws TypeError naming the option that would count nothing, or for no time. */
export function readThrottleOptions(options: LoginThrottleOptions): LoginThrottleSettings {
  refuseUnknown(options, KNOWN, "loginThrottle");
  const { max = 5, by = ["email", "ip"], identifierKey = "email", identify } = options;
  if (!Number.isSafeInteger(max) || max < 1) {
    throw new TypeError("loginThrottle.max must be a whole number, 1 or more");
  }
  if (!Array.isArray(by) || by.length === 0 || !by.every((one) => IDENTIFIERS.includes(one))) {
    throw new TypeError('loginThrottle.by must be an array of "email" and "ip"');
  }
  if (typeof identifierKey !== "string" || identifierKey === "") {
    throw new TypeError("loginThrottle.identifierKey must be the name of an input");
  }
  const { isFailure = ({ isOk }: Response): boolean => !isOk } = options;
  for (const [name, value] of Object.entries({ isFailure, identify })) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`loginThrottle.${name} must be a function`);
  }
  return {
    max,
    window: life(options.window ?? "15m", "window"),
    lockout: life(options.lockoutDuration ?? "15m", "lockoutDuration"),
    by: [...by],
    identifierKey,
    errorMessage: options.errorMessage ?? "Too many attempts",
    isFailure,
    identify,
  };
}

function life(value: string | number, option: string): number {
  const name = `loginThrottle.${option}`;
  const given = typeof value === "number" ? value * 1000 : value;
  const length = toMilliseconds(given, name, Number.POSITIVE_INFINITY);
  if (length <= LONGEST) return length;
  throw new TypeError(`${name} must be at most 24 days`);
}
