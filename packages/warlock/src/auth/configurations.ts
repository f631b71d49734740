import ms, { type StringValue } from "ms";
import type { Auth, AuthModel } from "./auth-model.js";

/** For tokens that never run out. Rollcall has none such: the longest life it allows takes its place. */
export const NO_EXPIRATION = "100y";

/** A life: text such as `"1h"`, `"30 days"` or `"1d 2h"`, milliseconds, or parts that add up. */
export type Expiration =
  | string
  | number
  | {
      readonly milliseconds?: number;
      readonly seconds?: number;
      readonly minutes?: number;
      readonly hours?: number;
      readonly days?: number;
      readonly weeks?: number;
    };

/** How access tokens are made. Rollcall signs by HS256 and keeps no table of them. */
export interface AccessTokenConfig {
  readonly secret?: string;
  readonly expiresIn?: Expiration;
  readonly algorithm?: string;
  readonly model?: unknown;
}

export type LogoutWithoutTokenBehavior = "revoke-all" | "error";

/** How sessions live. Refresh tokens always rotate, without the race that `rotation` has there. */
export interface RefreshTokenConfig {
  readonly secret?: string;
  readonly enabled?: boolean;
  readonly expiresIn?: Expiration;
  readonly maxPerUser?: number;
  readonly rotation?: boolean;
  readonly model?: unknown;
  /** What `logout` without a refresh token does. @default "revoke-all" */
  readonly logoutWithoutToken?: LogoutWithoutTokenBehavior;
}

/** The configuration of `@warlock.js/auth`. */
export interface AuthConfigurations {
  /** The model of each user type. */
  readonly userType: Readonly<Record<string, AuthModel>>;
  /** @default `{ expiresIn: "1h" }` */
  readonly accessToken?: AccessTokenConfig;
  /** @default `{ enabled: true, expiresIn: "7d", maxPerUser: 5 }` */
  readonly refreshToken?: RefreshTokenConfig;
  /** The older shape of both. */
  readonly jwt?: AccessTokenConfig & { readonly refresh?: RefreshTokenConfig };
  /** Of older versions. Passwords are hashed by scrypt here, whatever it says. */
  readonly password?: { readonly salt?: number };
}

/** Both blocks, in whichever shape they were given. */
export function tokensOf({ accessToken, refreshToken, jwt }: AuthConfigurations): {
  readonly access: AccessTokenConfig;
  readonly refresh: RefreshTokenConfig;
} {
  return { access: accessToken ?? jwt ?? {}, refresh: refreshToken ?? jwt?.refresh ?? {} };
}

/** The model of a user type; `undefined` where the application has none. */
export function modelOf({ userType }: AuthConfigurations, type: string): AuthModel | undefined {
  return Object.hasOwn(userType, type) ? userType[type] : undefined;
}

/** What a sign-in says of its device; what else there is of it is not kept. */
export interface DeviceInfo {
  readonly userAgent?: string | null | undefined;
  readonly ip?: string | null | undefined;
  readonly deviceId?: string | null | undefined;
  readonly familyId?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** A token with its end, as an ISO date. */
export interface AccessTokenOutput {
  readonly token: string;
  readonly expiresAt: string;
}

/** What a client holds. */
export interface TokenPair {
  readonly accessToken: AccessTokenOutput;
  readonly refreshToken?: AccessTokenOutput;
}

/** A sign-in. */
export interface LoginResult<User extends Auth = Auth> {
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

/** One of them. */
export type AuthErrorCodes = (typeof AuthErrorCodes)[keyof typeof AuthErrorCodes];

const UNITS = {
  milliseconds: 1,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
} as const;

/** Milliseconds; `never` for {@link NO_EXPIRATION}. @throws TypeError naming the option. */
export function toMilliseconds(life: Expiration, option: string, never: number): number {
  if (life === NO_EXPIRATION) return never;
  let total = 0;
  if (typeof life === "number") total = life;
  else if (typeof life === "string") total = ofText(life);
  else total = ofParts(life);
  if (Number.isFinite(total) && total > 0) return total;
  throw new TypeError(`${option} must be a life such as "1h", { days: 7 } or milliseconds`);
}

/** A unit that is not known would make the life shorter, or longer, than was meant. */
function ofParts(life: unknown): number {
  if (typeof life !== "object" || life === null) return Number.NaN;
  let total = 0;
  for (const [unit, count] of Object.entries(life)) {
    if (count === undefined) continue;
    total += Number(count) * sizeOf(unit);
  }
  return total;
}

function sizeOf(unit: string): number {
  const [, size] = Object.entries(UNITS).find(([name]) => name === unit) ?? [];
  return size ?? Number.NaN;
}

const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)\s*/gi;

/** The sum of parts, each as `ms` reads it. */
function ofText(text: string): number {
  if (text.replace(PART, "").trim() !== "") return Number.NaN;
  let total = 0;
  for (const [, count = "", unit = ""] of text.matchAll(PART)) {
    const part = `${count}${unit}`;
    total += (isLength(part) ? ms(part) : undefined) ?? Number.NaN;
  }
  return total;
}

/** For `ms`, whose type has every unit in every spelling; it says itself what it does not know. */
function isLength(text: string): text is StringValue {
  return text !== "";
}
