import { join } from "node:path";
import type { Duration, SessionsOptions } from "rollcall";

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings from the environment. */
export interface Settings {
  readonly port: number;
  /** `null`: both loopback addresses, and no others, since the passwords are public. */
  readonly host: string | null;
  /** `null`: SQLite in the data folder. */
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
  readonly secret: string | null;
  /** `null`: http://localhost with the port. */
  readonly origin: string | null;
  /** Cookies without `Secure`, for Safari. */
  readonly insecureCookies: boolean;
  readonly sessions: Omit<
    SessionsOptions,
    "store" | "secret" | "keys" | "clock" | "claimsFor" | "kinds"
  >;
}

/** Every duration of `createSessions`, by its variable. */
const DURATIONS = {
  ROLLCALL_ACCESS_TOKEN_TTL: "accessTokenTtl",
  ROLLCALL_IDLE_TIMEOUT: "idleTimeout",
  ROLLCALL_ABSOLUTE_TIMEOUT: "absoluteTimeout",
  ROLLCALL_RETRY_WINDOW: "retryWindow",
  ROLLCALL_STORE_TIMEOUT: "storeTimeout",
  ROLLCALL_MAX_STALENESS: "maxStaleness",
  ROLLCALL_TOUCH_INTERVAL: "touchInterval",
} as const;

/** Every count. */
const COUNTS = {
  ROLLCALL_MAX_PER_USER: "maxPerUser",
  ROLLCALL_VERIFY_CACHE_SIZE: "verifyCacheSize",
} as const;

/** Every string. */
const TEXTS = {
  ROLLCALL_ISSUER: "issuer",
  ROLLCALL_AUDIENCE: "audience",
} as const;

const POLICIES = ["evict-oldest", "evict-least-recently-used", "refuse"] as const;

/** @throws Error naming the variable at fault. */
export function readSettings(environment: Environment): Settings {
  const databaseUrl = environment["DATABASE_URL"] || null;
  if (databaseUrl !== null && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new Error("DATABASE_URL must be a postgres:// URL, or absent for SQLite");
  }
  return {
    port: port(environment["PORT"] || "3000"),
    host: environment["HOST"] || null,
    databaseUrl,
    dataFolder: environment["ROLLCALL_DATA"] || join(process.cwd(), ".rollcall"),
    secret: environment["ROLLCALL_SECRET"] || null,
    origin: environment["ROLLCALL_ORIGIN"] || null,
    insecureCookies: environment["ROLLCALL_INSECURE_COOKIES"] === "1",
    sessions: {
      ...collect(environment, DURATIONS, duration),
      ...collect(environment, COUNTS, count),
      ...collect(environment, TEXTS, (text) => text),
      ...collect(environment, { ROLLCALL_ON_LIMIT: "onLimit" }, policy),
    },
  };
}

/** Replaces the library's option names in an error by the names of the variables. */
export function namingVariables(message: string): string {
  const variables = {
    ...DURATIONS,
    ...COUNTS,
    ...TEXTS,
    ROLLCALL_SECRET: "secret",
    ROLLCALL_ORIGIN: "origin",
    ROLLCALL_INSECURE_COOKIES: "insecureDevelopmentCookies",
  };
  let text = message;
  for (const [variable, option] of Object.entries(variables)) {
    text = text.replaceAll(new RegExp(`\\b${option}\\b`, "g"), variable);
  }
  return text;
}

function collect<Option extends string, Value>(
  environment: Environment,
  names: Readonly<Record<string, Option>>,
  read: (text: string, variable: string) => Value,
): Partial<Record<Option, Value>> {
  const found: Partial<Record<Option, Value>> = {};
  for (const [variable, option] of Object.entries(names)) {
    const text = environment[variable];
    if (text !== undefined) found[option] = read(text, variable);
  }
  return found;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new Error("PORT must be a number up to 65535");
  return value;
}

function count(text: string, variable: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) throw new Error(`${variable} must be a number above zero`);
  return value;
}

function duration(text: string, variable: string): Duration {
  if (/^\d+$/.test(text)) return Number(text);
  if (isDuration(text)) return text;
  throw new Error(`${variable} must be a duration, such as 15m, 7d or a number of milliseconds`);
}

function isDuration(text: string): text is Extract<Duration, string> {
  return /^\d+(\.\d+)?(ms|s|m|h|d|w|y)$/.test(text);
}

function policy(text: string, variable: string): (typeof POLICIES)[number] {
  const known = POLICIES.find((name) => name === text);
  if (known === undefined) throw new Error(`${variable} must be one of ${POLICIES.join(", ")}`);
  return known;
}
