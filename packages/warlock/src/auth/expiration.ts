import ms, { type StringValue } from "ms";

/** For tokens that never run out. Rollcall has none such: the longest life it allows takes its place. */
export const NO_EXPIRATION = "100y";

/** A life: a string such as `"1h"`, `"30 days"` or `"1d 2h"`, milliseconds, or parts that add up. */
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
