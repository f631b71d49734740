import type { User } from "./model/user.js";

/** How many sessions a user may have; `null`: as many as they like. */
export type MaxPerUser = ((user: User) => number | Promise<number>) | null;

/** @throws TypeError naming the option when it is no whole number of at least 1. */
export function count(value: number, option: string): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new TypeError(`${option} must be a whole number of at least 1`);
  }
  return value;
}

/** @throws TypeError naming the option. */
export function readMaxPerUser(
  given: number | NonNullable<MaxPerUser> | undefined,
  option: string,
): MaxPerUser {
  if (given === undefined || given === Number.POSITIVE_INFINITY) return null;
  if (typeof given === "function") return given;
  const max = count(given, option);
  return () => max;
}
