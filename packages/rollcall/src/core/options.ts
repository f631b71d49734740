import { count, type MaxPerUser, readMaxPerUser } from "./count.js";
import { duration } from "./duration.js";
import { type Kinds, readKinds } from "./kinds.js";
import { type Levels, readLevels } from "./levels.js";
import { isObject, optionsObject } from "./model/argument.js";
import type { SessionStore } from "./port/store.js";
import { type Clock, systemClock } from "./process/clock.js";
import { logFault } from "./process/faults.js";
import type { ClaimsFor, PurgeOptions, SessionsOptions } from "./sessions-options.js";
import { chosenRing } from "./tokens/chosen-ring.js";
import type { KeyRing } from "./tokens/key-ring.js";

/** Options, total and in milliseconds. */
export interface Settings {
  readonly store: SessionStore;
  readonly keys: KeyRing;
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  readonly accessTokenTtl: number;
  readonly idleTimeout: number;
  readonly absoluteTimeout: number;
  readonly levels: Levels;
  readonly retryWindow: number;
  readonly maxPerUser: MaxPerUser;
  readonly kinds: Kinds;
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

/** Copies, defaults, checks and freezes the options. @throws TypeError naming the option at fault. */
export function readOptions(options: SessionsOptions): Settings {
  if (!isObject(options)) throw new TypeError("createSessions takes an object of options");
  const { store, clock } = options;
  if (typeof store?.rotate !== "function") {
    throw new TypeError("store must be a session store, such as sqlite(db) or postgres(pool)");
  }
  const issuer = text(options.issuer ?? "rollcall", "issuer");
  const audience = text(options.audience ?? issuer, "audience");
  const idleTimeout = duration(options.idleTimeout ?? 7 * DAY, "idleTimeout");
  const absoluteTimeout = duration(options.absoluteTimeout ?? 30 * DAY, "absoluteTimeout");
  const levels = readLevels(options.levels);
  // Where idleTimeout is short, what was not given shrinks with it. An access token lives for a
  // quarter of the idle timeout of its own session at most.
  const quarter = Math.floor(idleTimeout / 4);
  const shortest = Math.floor(Math.min(idleTimeout, levels.shortestIdle) / 4);
  const accessTokenTtl = duration(
    options.accessTokenTtl ?? Math.max(SECOND, Math.min(10 * MINUTE, quarter)),
    "accessTokenTtl",
  );
  const retryWindow = duration(
    options.retryWindow ??
      Math.min(30 * SECOND, Math.floor(Math.min(accessTokenTtl, shortest) / 2)),
    "retryWindow",
  );
  const touchInterval = duration(
    options.touchInterval ?? Math.min(MINUTE, shortest),
    "touchInterval",
  );
  atMost(accessTokenTtl, quarter, "accessTokenTtl must be at most a quarter of idleTimeout");
  atMost(touchInterval, quarter, "touchInterval must be at most a quarter of idleTimeout");
  atMost(
    touchInterval,
    shortest,
    "touchInterval must be at most a quarter of each level's idleTimeout",
  );
  atMost(SECOND, accessTokenTtl, "accessTokenTtl must be at least 1s");
  atMost(SECOND, shortest, "each level's idleTimeout must be at least 4s");
  atMost(retryWindow, accessTokenTtl - 1, "retryWindow must be shorter than accessTokenTtl");
  atMost(
    retryWindow,
    shortest - 1,
    "retryWindow must be shorter than a quarter of each level's idleTimeout",
  );
  const maxPerUser = readMaxPerUser(options.maxPerUser, "maxPerUser");
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
    audience,
    clientId: text(options.clientId ?? audience, "clientId"),
    accessTokenTtl,
    idleTimeout,
    absoluteTimeout,
    levels,
    retryWindow,
    maxPerUser,
    kinds: readKinds(options.kinds, {
      idleTimeout,
      absoluteTimeout,
      accessTokenTtl,
      touchInterval,
      maxPerUser,
    }),
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

/** How old what is deleted must be, in milliseconds. */
interface PurgeAges {
  readonly sessions: number;
  /** `null`: events are kept for as long as their sessions. */
  readonly events: number | null;
}

/** Younger events may not have reached a process that lost the database for a while. */
const YOUNGEST_EVENTS = DAY;

/** @throws TypeError naming the option at fault. */
export function readPurgeOptions(options: PurgeOptions | undefined): PurgeAges {
  const { olderThan = 30 * DAY, eventsOlderThan } = optionsObject(options, "options");
  const sessions = duration(olderThan, "olderThan");
  if (eventsOlderThan === undefined) return { sessions, events: null };
  const events = duration(eventsOlderThan, "eventsOlderThan");
  if (events >= YOUNGEST_EVENTS) return { sessions, events };
  throw new TypeError(
    'eventsOlderThan must be at least "1d", since younger events may not have reached every process',
  );
}

function atMost(value: number, most: number, message: string): void {
  if (value > most) throw new TypeError(message);
}

function text(value: string, option: string): string {
  // In bytes as JSON: with the longest user id, each token must stay well below what a cookie holds.
  if (typeof value !== "string" || value === "" || Buffer.byteLength(JSON.stringify(value)) > 257) {
    throw new TypeError(`${option} must be a string of 1 to 255 bytes`);
  }
  return value;
}
