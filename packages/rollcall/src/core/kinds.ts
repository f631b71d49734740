import { type MaxPerUser, readMaxPerUser } from "./count.js";
import { duration } from "./duration.js";
import type { KindOptions } from "./kind-options.js";
import { isObject } from "./model/argument.js";
import { isPrefix } from "./tokens/api-key.js";

/** A kind of sessions, total and in milliseconds. */
export interface Kind {
  /** `null`: sessions without a kind. */
  readonly name: string | null;
  readonly idleTimeout: number;
  /** For sign-ins that are not to outlast the browser. */
  readonly shortIdleTimeout: number;
  readonly absoluteTimeout: number;
  readonly persistent: boolean;
  readonly maxPerUser: MaxPerUser;
  /** Whether its sessions count for themselves, and not with all others. */
  readonly countsAlone: boolean;
  /** What its API keys begin with; `null`: its sessions have tokens that are refreshed. */
  readonly prefix: string | null;
}

/** Kinds by their names; `null` is that of sessions without one. */
export type Kinds = ReadonlyMap<string | null, Kind>;

const DAY = 24 * 60 * 60_000;
/** Stands for no end: a hundred years. */
const NEVER = 36_500 * DAY;
/** A user's API keys where nothing else is said: as many as a page of the list holds. */
const MOST_KEYS = 100;

const NAME = /^[A-Za-z0-9_.:-]{1,64}$/;
const NAMES: readonly string[] = [
  "idleTimeout",
  "absoluteTimeout",
  "persistent",
  "maxPerUser",
  "refresh",
  "prefix",
] satisfies readonly (keyof KindOptions)[];

/** What holds for all sessions that do not say otherwise. */
export interface KindDefaults {
  readonly idleTimeout: number;
  readonly absoluteTimeout: number;
  readonly accessTokenTtl: number;
  readonly touchInterval: number;
  readonly maxPerUser: MaxPerUser;
}

/** Copies, defaults and checks the kinds. @throws TypeError naming the option at fault. */
export function readKinds(
  given: Readonly<Record<string, KindOptions>> | undefined,
  defaults: KindDefaults,
): Kinds {
  if (given !== undefined && !isObject(given)) {
    throw new TypeError("kinds must be an object of kinds by their names: { mobile: {} }");
  }
  const { idleTimeout, absoluteTimeout, maxPerUser } = defaults;
  const plain = { name: null, persistent: true, countsAlone: false, prefix: null } as const;
  const kinds = new Map<string | null, Kind>();
  const shortIdleTimeout = shortOf(idleTimeout, defaults);
  kinds.set(null, { ...plain, idleTimeout, shortIdleTimeout, absoluteTimeout, maxPerUser });
  for (const [name, options] of Object.entries(given ?? {})) {
    if (!NAME.test(name)) {
      throw new TypeError("kinds: a name must be 1 to 64 characters of A-Z a-z 0-9 _ . : -");
    }
    const kind = readKind(name, options, defaults);
    for (const other of kinds.values()) {
      if (kind.prefix !== null && other.prefix === kind.prefix) {
        throw new TypeError(`kinds.${name}.prefix must not be that of kinds.${other.name}`);
      }
    }
    kinds.set(name, kind);
  }
  return kinds;
}

function readKind(name: string, options: KindOptions, defaults: KindDefaults): Kind {
  const label = `kinds.${name}`;
  if (!isObject(options)) throw new TypeError(`${label} must be an object of options, such as {}`);
  for (const option of Object.keys(options)) {
    if (!NAMES.includes(option)) throw new TypeError(`${label}.${option} is not an option`);
  }
  const { refresh = true, persistent = true } = options;
  requireFlag(refresh, `${label}.refresh`);
  requireFlag(persistent, `${label}.persistent`);
  if (!refresh && options.persistent !== undefined) {
    throw new TypeError(`${label}.persistent must be left out: API keys are not in cookies`);
  }
  const idleTimeout = timeoutOf("idleTimeout", options, defaults, label);
  requireLongIdle(idleTimeout, defaults, label);
  const saysHowShort = !persistent && options.idleTimeout !== undefined;
  return Object.freeze({
    name,
    idleTimeout,
    shortIdleTimeout: saysHowShort ? idleTimeout : shortOf(idleTimeout, defaults),
    absoluteTimeout: timeoutOf("absoluteTimeout", options, defaults, label),
    persistent,
    maxPerUser: maxOf(options, defaults, label),
    countsAlone: !refresh || options.maxPerUser !== undefined,
    prefix: prefixOf(options, label),
  });
}

function timeoutOf(
  option: "idleTimeout" | "absoluteTimeout",
  options: KindOptions,
  defaults: KindDefaults,
  label: string,
): number {
  const given = options[option];
  if (given !== undefined) return duration(given, `${label}.${option}`);
  return options.refresh === false ? NEVER : defaults[option];
}

/** As for `idleTimeout` of all sessions, and for the same reasons (contract §2.8). */
function requireLongIdle(idleTimeout: number, defaults: KindDefaults, label: string): void {
  for (const option of ["accessTokenTtl", "touchInterval"] as const) {
    if (idleTimeout >= 4 * defaults[option]) continue;
    throw new TypeError(`${label}.idleTimeout must be at least four times ${option}`);
  }
}

/** A day at most, for sign-ins that are not to outlast the browser. */
function shortOf(idleTimeout: number, { accessTokenTtl }: KindDefaults): number {
  return Math.min(idleTimeout, Math.max(DAY, 4 * accessTokenTtl));
}

function maxOf(options: KindOptions, defaults: KindDefaults, label: string): MaxPerUser {
  if (options.maxPerUser !== undefined) {
    return readMaxPerUser(options.maxPerUser, `${label}.maxPerUser`);
  }
  return options.refresh === false ? () => MOST_KEYS : defaults.maxPerUser;
}

function prefixOf({ refresh = true, prefix }: KindOptions, label: string): string | null {
  if (refresh && prefix !== undefined) {
    throw new TypeError(`${label}.prefix needs refresh: false: only API keys have one`);
  }
  if (refresh) return null;
  if (isPrefix(prefix)) return prefix;
  throw new TypeError(
    `${label}.prefix must be 2 to 24 lower-case letters, digits and single "_", such as "acme"`,
  );
}

function requireFlag(value: boolean, option: string): void {
  if (typeof value !== "boolean") throw new TypeError(`${option} must be true or false`);
}

/** How long a refresh token may lie unused and still be good. */
export function longestIdle(kinds: Kinds): number {
  const refreshed = [...kinds.values()].filter(({ prefix }) => prefix === null);
  return Math.max(...refreshed.map(({ idleTimeout }) => idleTimeout));
}

/** The kind of each prefix of API keys. */
export function keyPrefixes(kinds: Kinds): ReadonlyMap<string, string> {
  const named = [...kinds.values()].flatMap(({ name, prefix }): [string, string][] =>
    name === null || prefix === null ? [] : [[prefix, name]],
  );
  return new Map(named);
}
