import type { DeviceInfo as CoreDeviceInfo } from "../core/device.js";
import type { AuthModel } from "./auth-model.js";

/** For tokens that never run out. Rollcall has none such: the longest life it allows takes its place. */
export const NO_EXPIRATION: unique symbol = Symbol("NO_EXPIRATION");

/** A life: text such as `"1h"`, milliseconds, or parts that add up. */
export type Expiration =
  | string
  | number
  | typeof NO_EXPIRATION
  | {
      readonly milliseconds?: number;
      readonly seconds?: number;
      readonly minutes?: number;
      readonly hours?: number;
      readonly days?: number;
      readonly weeks?: number;
    };

/** The configuration of `@warlock.js/auth`. */
export interface AuthConfigurations {
  /** The model of each user type. */
  readonly userType: Readonly<Record<string, AuthModel>>;
  /** @default `{ expiresIn: "1h" }` */
  readonly accessToken?: { readonly secret?: string; readonly expiresIn?: Expiration };
  /** @default `{ enabled: true, expiresIn: "7d", maxPerUser: 5 }` */
  readonly refreshToken?: {
    readonly secret?: string;
    readonly enabled?: boolean;
    readonly expiresIn?: Expiration;
    readonly maxPerUser?: number;
    /** What `logout(user)` without a token does. @default "revoke-all" */
    readonly logoutWithoutToken?: "revoke-all" | "error";
  };
}

/** What a sign-in says of its device. */
export interface DeviceInfo extends CoreDeviceInfo {
  readonly userAgent?: string;
  readonly ip?: string;
  readonly deviceId?: string;
}

/** A token with its end, as an ISO date. */
export interface TokenOutput {
  readonly token: string;
  readonly expiresAt: string;
}

/** What a client holds. */
export interface TokenPair {
  readonly accessToken: TokenOutput;
  readonly refreshToken?: TokenOutput;
}

/** A sign-in. */
export interface LoginResult<User> {
  readonly user: User;
  readonly tokens: TokenPair;
}

/** The codes in `errorCode`. */
export const AuthErrorCodes: {
  readonly MissingAccessToken: "EC001";
  readonly InvalidAccessToken: "EC002";
  readonly Unauthorized: "EC003";
  readonly TooManyAttempts: "EC004";
} = Object.freeze({
  MissingAccessToken: "EC001",
  InvalidAccessToken: "EC002",
  Unauthorized: "EC003",
  TooManyAttempts: "EC004",
});

const UNITS = {
  milliseconds: 1,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
} as const;

const LETTERS = { s: "seconds", m: "minutes", h: "hours", d: "days", w: "weeks" } as const;

/** Milliseconds; `never` for {@link NO_EXPIRATION}. @throws TypeError naming the option. */
export function toMilliseconds(life: Expiration, option: string, never: number): number {
  if (life === NO_EXPIRATION) return never;
  let total = 0;
  if (typeof life === "number") total = life;
  else if (typeof life === "string") total = ofText(life);
  else {
    for (const [unit, size] of Object.entries(UNITS)) total += partOf(life, unit) * size;
  }
  if (Number.isFinite(total) && total > 0) return total;
  throw new TypeError(`auth.${option} must be a life such as "1h", { days: 7 } or milliseconds`);
}

function partOf(life: object, unit: string): number {
  const value: unknown = Reflect.get(life, unit);
  return value === undefined ? 0 : Number(value);
}

function ofText(text: string): number {
  if (!/^\s*(\d+\s*[smhdw]\s*)+$/.test(text)) return Number.NaN;
  let total = 0;
  for (const [, count, letter] of text.matchAll(/(\d+)\s*([smhdw])/g)) {
    const unit = Object.entries(LETTERS).find(([known]) => known === letter)?.[1];
    total += unit === undefined ? Number.NaN : Number(count) * UNITS[unit];
  }
  return total;
}
