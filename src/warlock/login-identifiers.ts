import type { LoginThrottleTerms } from "./login-throttle-options.js";
import type { Request } from "./request.js";

/** Longer ones than any address are cut, before anything is done with them. */
const LONGEST = 320;
/** Names of addresses begin with it. */
const ADDRESS = "ip.";

/**
 * Whom an attempt counts for, addresses first. Whoever names nobody, and comes from nowhere, counts
 * as one.
 *
 * @throws TypeError when `identify` gives no array.
 */
export async function identifiersOf(
  request: Request,
  { by, identifierKey, identify }: LoginThrottleTerms,
): Promise<readonly string[]> {
  if (identify !== undefined) {
    const named = await identify(request);
    if (!Array.isArray(named)) throw new TypeError("loginThrottle.identify must give an array");
    return unique(named.map(textOf));
  }
  const named: string[] = [];
  if (by.includes("ip") && request.ip !== "") named.push(`${ADDRESS}${request.ip}`);
  if (by.includes("email")) {
    named.push(...accountsOf(request, identifierKey).map((account) => `email.${account}`));
  }
  return named.length === 0 ? ["nobody"] : unique(named);
}

/** Of an address, what others did wrong stays: who owns one account must not clear the way to more. */
export function isAddress(identifier: string): boolean {
  return identifier.startsWith(ADDRESS);
}

/**
 * The account in each place where a handler may read it: counted in one place alone, it could be
 * tried without end in another. Of letters only what makes them different to every database counts.
 */
function accountsOf(request: Request, key: string): string[] {
  const places = [request.input(key), request.params[key], request.query[key], request.body[key]];
  return places
    .map((value) => textOf(value).slice(0, LONGEST).normalize("NFKD").replace(/\p{M}/gu, ""))
    .map((account) => account.trim().toLowerCase())
    .filter((account) => account !== "");
}

/** As `request.string()` reads it, for an application that expects text: `["a@b.c"]` is `a@b.c`. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(",");
  return typeof value === "object" || value === undefined ? "" : String(value);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
