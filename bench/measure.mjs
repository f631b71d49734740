import { setImmediate } from "node:timers/promises";

/** The middle value; of an even count, the lower middle. */
export function median(values) {
  return percentile(values, 0.5);
}

/** The value that `share` of all values don't exceed. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/**
 * Runs the contestants in turn, A B C, B C A, C A B …, so that all meet the machine's moods alike,
 * and gives each one's rates, in calls per second, by round.
 */
export async function interleave(contestants, { rounds = 15, calls = 100_000, warmUp = 2 } = {}) {
  const names = Object.keys(contestants);
  const rates = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    const first = (round + warmUp) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      // Timers get their turn: the feed and the flush go on as they do in a server.
      await setImmediate();
      const begun = process.hrtime.bigint();
      await contestants[name](calls, round + warmUp);
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      if (round >= 0) rates[name].push(calls / seconds);
    }
  }
  return rates;
}

/** The median, over the rounds, of one contestant's rate to another's in the same round. */
export function ratio(rates, floor) {
  return median(rates.map((rate, round) => rate / floor[round]));
}

/** Rows say what was measured: `{ what, value, unit, mark?: { atLeast } | { atMost } }`. */
export function report(rows) {
  for (const { what, value, unit, mark } of rows) {
    const line = `${what.padEnd(62)} ${format(value, unit).padStart(14)}`;
    console.log(mark === undefined ? line : `${line}   ${verdict(value, mark)}`);
  }
}

/** Whether the value reaches its mark. */
export function isMet(value, { atLeast = Number.NEGATIVE_INFINITY, atMost = Infinity }) {
  return value >= atLeast && value <= atMost;
}

function verdict(value, mark) {
  const limit = mark.atLeast === undefined ? `at most ${mark.atMost}` : `at least ${mark.atLeast}`;
  return `${isMet(value, mark) ? "met   " : "MISSED"} (mark: ${limit})`;
}

function format(value, unit) {
  const decimals = { ratio: 3, ms: 2 }[unit] ?? 0;
  const number = value.toLocaleString("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return unit === "ratio" ? number : `${number} ${unit}`;
}
