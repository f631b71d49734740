import { inputAt } from "../core/inputs.js";
import type { Request } from "../core/request.js";
import type { LoginThrottleSettings } from "./login-throttle-options.js";

/**
 * In UTF-16 units, looked at before anything else is done with a name. No account has a longer one;
 * all that are longer count as one, so that padding makes no new ones.
 */
const LONGEST = 320;
const TOO_LONG = "too long";
/** Accents, and what nobody sees. */
const IGNORED = /[\p{M}\p{C}\p{Default_Ignorable_Code_Point}]/gu;
/** The identifier of an address begins with it. */
const ADDRESS = "ip.";

/**
 * What an attempt counts for, addresses first. All requests that name no account and come from no
 * known address count as one.
 *
 * @throws TypeError when `identify` gives no array.
 */
export async function identifiersOf(
  request: Request,
  { by, identifierKey, identify }: LoginThrottleSettings,
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

/** An address keeps its failures: who owns one account must not clear the way to others. */
export function isAddress(identifier: string): boolean {
  return identifier.startsWith(ADDRESS);
}

/**
 * The account in each place where a handler may read it: were it counted in one place only, it
 * could be guessed at without limit in another.
 */
function accountsOf(request: Request, key: string): string[] {
  const { params, query, body } = request;
  const sent = [params, query, body].map((inputs) => inputAt(inputs, key));
  return [request.input(key), ...sent]
    .map((value) => withoutVariants(textOf(value)))
    .filter((account) => account !== "");
}

/**
 * Databases that compare by a collation take many spellings for one account. Those that differ by
 * case, accents, width or characters that nobody sees count as one here, too.
 */
function withoutVariants(account: string): string {
  if (account.length > LONGEST) return TOO_LONG;
  // Capitals first: some letters, such as the dotless i, share theirs with another one.
  return account.normalize("NFKD").replace(IGNORED, "").toUpperCase().toLowerCase().trim();
}

/** As `request.string()` reads it, for an application that expects text: `["a@b.c"]` is `a@b.c`. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(",");
  return typeof value === "object" || value === undefined ? "" : String(value);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
