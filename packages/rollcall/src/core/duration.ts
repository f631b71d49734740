import ms from "ms";

type Unit = "ms" | "s" | "m" | "h" | "d" | "w" | "y";
type LongUnit = `${"second" | "minute" | "hour" | "day" | "week" | "year"}${"" | "s"}`;

/** A length of time: milliseconds, or a string such as `"15m"`, `"7d"`, `"30 seconds"`. */
export type Duration = number | `${number}${Unit}` | `${number} ${LongUnit}`;

/** A hundred years: nothing sensible is longer, and sums of times stay safe integers. */
const LONGEST = 36_500 * 24 * 60 * 60_000;

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
