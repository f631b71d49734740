import ms from "ms";
import { isObject } from "./model/argument.js";
import type { JsonObject } from "./model/json.js";
import type { Session } from "./model/session-view.js";
import type { User } from "./model/user.js";
import type { SessionStore } from "./port/store.js";
import { type Clock, systemClock } from "./process/clock.js";
import { logFault } from "./process/faults.js";
import { chosenRing } from "./tokens/chosen-ring.js";
import type { KeyRing } from "./tokens/key-ring.js";

type Unit = "ms" | "s" | "m" | "h" | "d" | "w" | "y";
type LongUnit = `${"second" | "minute" | "hour" | "day" | "week" | "year"}${"" | "s"}`;

/** A length of time: milliseconds, or text such as `"15m"`, `"7d"`, `"30 seconds"`. */
export type Duration = number | `${number}${Unit}` | `${number} ${LongUnit}`;

/** What an application adds to the access tokens of a session; `null` when its user is gone. */
export type ClaimsFor = (
  user: User,
  session: Session,
) => JsonObject | null | Promise<JsonObject | null>;

/** Options of `createSessions`. All durations are checked when it is called. */
export interface SessionsOptions {
  /** Where sessions live: `sqlite(db)`, `postgres(pool)`, `memory()`. */
  readonly store: SessionStore;
  /**
   * At least 32 random bytes that every process shares and the database never sees. Of a list, the
   * first signs and all verify. To change the secret without signing anyone out, deploy
   * `[old, next]`, so that every process knows the next one; then `[next, old]`; and leave the old
   * one out once `idleTimeout` has passed. Or give `keys`, which changes without a deployment.
   */
  readonly secret?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** A ring of keys, in place of `secret`, to change keys without signing anyone out. */
  readonly keys?: KeyRing;
  /** `iss` of access tokens. @default "rollcall" */
  readonly issuer?: string;
  /** `aud` of access tokens. @default the issuer */
  readonly audience?: string;
  /** Life of an access token: 1 s to a quarter of `idleTimeout`. @default "10m" */
  readonly accessTokenTtl?: Duration;
  /** A session ends after lying idle this long. @default "7d" */
  readonly idleTimeout?: Duration;
  /** A session ends this long after sign-in, whatever happens. @default "30d" */
  readonly absoluteTimeout?: Duration;
  /** How long a refresh may be repeated with the same answer; less than `accessTokenTtl`. @default "30s" */
  readonly retryWindow?: Duration;
  /** Active sessions a user may have. @default unlimited */
  readonly maxPerUser?: number | ((user: User) => number | Promise<number>);
  /** What happens at the limit. @default "evict-oldest" */
  readonly onLimit?: "evict-oldest" | "evict-least-recently-used" | "refuse";
  /**
   * Extra claims for the access token, asked at sign-in and at each refresh. `null`: the user is
   * gone or disabled, and the session ends with reason `user_gone`. A throw, or no answer within
   * `storeTimeout`, is a 503. A cookie must hold the token (4,096 bytes), which leaves about 2 kB
   * of JSON for the claims: a larger answer is refused with a TypeError before anything is written.
   * With `claimsFor` a refresh takes one read more, of the session that is to be refreshed.
   *
   * `session` is the session as it stands; at sign-in, as it is about to be stored, with the times
   * of this process's clock. Where ids are given anew after an account was deleted, compare:
   *
   * ```ts
   * import type { Session, User } from "rollcall";
   *
   * declare function findAccount(id: string): Promise<{ createdAt: Date; role: string } | null>;
   * const MINUTE = 60_000; // for clocks that differ
   *
   * export async function claimsFor(user: User, session: Session) {
   *   const account = await findAccount(user.id);
   *   if (account === null) return null;
   *   const isOlder = session.createdAt.getTime() + MINUTE < account.createdAt.getTime();
   *   return isOlder ? null : { role: account.role };
   * }
   * ```
   */
  readonly claimsFor?: ClaimsFor;
  /** No question to the database waits longer. @default "2s" */
  readonly storeTimeout?: Duration;
  /** Beyond this age of its knowledge a process asks the database before it trusts a token. @default "2s" */
  readonly maxStaleness?: Duration;
  /** Last use is written this often; at most a quarter of `idleTimeout`. @default "60s" */
  readonly touchInterval?: Duration;
  /** Verified tokens remembered. @default 10_000 */
  readonly verifyCacheSize?: number;
  /**
   * Told of faults in the background, which no caller would hear of: changes that cannot be read,
   * uses that cannot be written, rows that cannot be read, a listener of `on` that throws. Once for
   * each fault until it has passed, not once for each retry. `error.cause` is what led to it, as the
   * driver gave it; no message holds a secret. What `onError` throws is ignored. (Errors of requests
   * are answered; `onError` of `createHttp` is told of those that became a 500 or 503.)
   *
   * @default its message goes to the console, in one line
   */
  readonly onError?: (error: Error) => void;
  /** For tests. Where it is given it also takes the place of the database's clock. */
  readonly clock?: Clock;
}

/** Options, total and in milliseconds. */
export interface Settings {
  readonly store: SessionStore;
  readonly keys: KeyRing;
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenTtl: number;
  readonly idleTimeout: number;
  /** For sign-ins that are not to outlast the browser. */
  readonly shortIdleTimeout: number;
  readonly absoluteTimeout: number;
  readonly retryWindow: number;
  readonly maxPerUser: ((user: User) => number | Promise<number>) | null;
  readonly onLimit: "evict-oldest" | "evict-least-recently-used" | "refuse";
  readonly claimsFor: ClaimsFor | null;
  readonly storeTimeout: number;
  readonly maxStaleness: number;
  readonly touchInterval: number;
  readonly verifyCacheSize: number;
  readonly onError: (error: Error) => void;
  readonly clock: Clock;
  /** What the store is to take for now; `undefined` leaves it to the database's clock. */
  readonly storeNow: () => number | undefined;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const POLICIES = ["evict-oldest", "evict-least-recently-used", "refuse"] as const;
/** Nothing sensible is longer, and sums of times stay safe integers. */
const LONGEST = 36_500 * DAY;

/** Copies, defaults, checks and freezes the options. @throws TypeError naming the option at fault. */
export function readOptions(options: SessionsOptions): Settings {
  if (!isObject(options)) throw new TypeError("createSessions takes an object of options");
  const { store, clock } = options;
  if (typeof store?.rotate !== "function") {
    throw new TypeError("store must be a session store, such as sqlite(db) or postgres(pool)");
  }
  const issuer = text(options.issuer ?? "rollcall", "issuer");
  const idleTimeout = duration(options.idleTimeout ?? 7 * DAY, "idleTimeout");
  const absoluteTimeout = duration(options.absoluteTimeout ?? 30 * DAY, "absoluteTimeout");
  // Where idleTimeout is short, what was not given shrinks with it.
  const quarter = Math.floor(idleTimeout / 4);
  const accessTokenTtl = duration(
    options.accessTokenTtl ?? Math.max(SECOND, Math.min(10 * MINUTE, quarter)),
    "accessTokenTtl",
  );
  const retryWindow = duration(
    options.retryWindow ?? Math.min(30 * SECOND, Math.floor(accessTokenTtl / 2)),
    "retryWindow",
  );
  const touchInterval = duration(
    options.touchInterval ?? Math.min(MINUTE, quarter),
    "touchInterval",
  );
  atMost(accessTokenTtl, quarter, "accessTokenTtl must be at most a quarter of idleTimeout");
  atMost(touchInterval, quarter, "touchInterval must be at most a quarter of idleTimeout");
  atMost(SECOND, accessTokenTtl, "accessTokenTtl must be at least 1s");
  atMost(retryWindow, accessTokenTtl - 1, "retryWindow must be shorter than accessTokenTtl");
  const onLimit = POLICIES.find((policy) => policy === (options.onLimit ?? "evict-oldest"));
  if (onLimit === undefined) {
    throw new TypeError(`onLimit must be one of ${POLICIES.map((p) => `"${p}"`).join(", ")}`);
  }
  if (options.claimsFor !== undefined && typeof options.claimsFor !== "function") {
    throw new TypeError("claimsFor must be a function of the user");
  }
  if (options.onError !== undefined && typeof options.onError !== "function") {
    throw new TypeError("onError must be a function that takes an Error");
  }
  return Object.freeze({
    store,
    keys: chosenRing(options),
    issuer,
    audience: text(options.audience ?? issuer, "audience"),
    accessTokenTtl,
    idleTimeout,
    shortIdleTimeout: Math.min(idleTimeout, Math.max(DAY, 4 * accessTokenTtl)),
    absoluteTimeout,
    retryWindow,
    maxPerUser: limit(options.maxPerUser),
    onLimit,
    claimsFor: options.claimsFor ?? null,
    storeTimeout: duration(options.storeTimeout ?? 2 * SECOND, "storeTimeout"),
    maxStaleness: duration(options.maxStaleness ?? 2 * SECOND, "maxStaleness"),
    touchInterval,
    verifyCacheSize: count(options.verifyCacheSize ?? 10_000, "verifyCacheSize"),
    onError: options.onError ?? logFault,
    clock: clock ?? systemClock,
    storeNow: clock === undefined ? () => undefined : () => clock.now(),
  });
}

/** @throws TypeError naming the option when it is no duration of at least 1 ms. */
export function duration(value: Duration, option: string): number {
  const parsed = typeof value === "string" ? parseText(value) : value;
  if (typeof parsed !== "number" || !Number.isFinite(parsed) || parsed < 1 || parsed > LONGEST) {
    throw new TypeError(
      `${option} must be a duration above zero, such as "15m", "7d" or a number of milliseconds`,
    );
  }
  return Math.floor(parsed);
}

function parseText(value: Extract<Duration, string>): number | undefined {
  // ms throws on an empty text and reads one without a unit as milliseconds; we want a unit.
  return /^\d+(\.\d+)? ?[a-z]+$/i.test(value) ? ms(value) : undefined;
}

function atMost(value: number, most: number, message: string): void {
  if (value > most) throw new TypeError(message);
}

function text(value: string, option: string): string {
  // In bytes as JSON: with the longest user id, each token must stay well below what a cookie holds.
  if (typeof value !== "string" || value === "" || Buffer.byteLength(JSON.stringify(value)) > 257) {
    throw new TypeError(`${option} must be a text of 1 to 255 bytes`);
  }
  return value;
}

function count(value: number, option: string): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new TypeError(`${option} must be a whole number of at least 1`);
  }
  return value;
}

function limit(option: SessionsOptions["maxPerUser"]): Settings["maxPerUser"] {
  if (option === undefined || option === Number.POSITIVE_INFINITY) return null;
  if (typeof option === "function") return option;
  const max = count(option, "maxPerUser");
  return () => max;
}
