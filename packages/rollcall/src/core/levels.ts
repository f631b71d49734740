import { duration } from "./duration.js";
import type { LevelOptions } from "./level-options.js";
import { isObject } from "./model/argument.js";
import type { SessionsOptions } from "./sessions-options.js";

/** How long a session lasts, in milliseconds. */
export interface Limits {
  readonly idleTimeout: number;
  readonly absoluteTimeout: number;
}

/** The `levels` of the application. */
export interface Levels {
  /** Lowest first. */
  readonly names: readonly string[];
  /** The shortest idle timeout of any of them. */
  readonly shortestIdle: number;
  /** What a level adds to the limits of a session. */
  limitsOf(level: string | null): Limits;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A hundred years, so that the smaller of two limits is always a whole number. */
const NONE: Limits = Object.freeze({ idleTimeout: 36_500 * DAY, absoluteTimeout: 36_500 * DAY });

/** SP 800-63B-4 §2.1.3, §2.2.3 and §2.3.3: when a user has to authenticate again. */
const PRESETS: ReadonlyMap<unknown, Limits> = new Map([
  ["nist-aal1", { ...NONE, absoluteTimeout: 30 * DAY }],
  ["nist-aal2", { idleTimeout: HOUR, absoluteTimeout: DAY }],
  ["nist-aal3", { idleTimeout: 15 * MINUTE, absoluteTimeout: 12 * HOUR }],
]);

/** `acr_values` is a list with spaces in a quoted string (RFC 9470 §3, RFC 9110 §5.6.4). */
const NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/;

/** @throws TypeError naming the level at fault. */
export function readLevels(option: SessionsOptions["levels"]): Levels {
  if (option !== undefined && !isObject(option)) {
    throw new TypeError('levels must be an object, such as { aal1: "nist-aal1" }');
  }
  const limits = new Map<string, Limits>();
  for (const [name, value] of Object.entries(option ?? {})) {
    // An object puts such names first, whatever their order was.
    if (!NAME.test(name) || /^\d+$/.test(name)) {
      throw new TypeError(
        "levels: a name must be 1 to 64 printable ASCII characters without spaces, quotation marks " +
          "and backslashes, and more than digits",
      );
    }
    limits.set(name, readLimits(value, name));
  }
  return Object.freeze({
    names: Object.freeze([...limits.keys()]),
    shortestIdle: Math.min(NONE.idleTimeout, ...[...limits.values()].map((one) => one.idleTimeout)),
    limitsOf: (level: string | null) => limits.get(level ?? "") ?? NONE,
  });
}

function readLimits(value: LevelOptions | string, name: string): Limits {
  const preset = PRESETS.get(value);
  if (preset !== undefined) return preset;
  if (!isObject(value)) {
    const presets = [...PRESETS.keys()].map((one) => `"${one}"`).join(", ");
    throw new TypeError(`levels.${name} must be one of ${presets}, or an object of limits`);
  }
  const { idleTimeout = NONE.idleTimeout, absoluteTimeout = NONE.absoluteTimeout } = value;
  return {
    idleTimeout: duration(idleTimeout, `levels.${name}.idleTimeout`),
    absoluteTimeout: duration(absoluteTimeout, `levels.${name}.absoluteTimeout`),
  };
}
