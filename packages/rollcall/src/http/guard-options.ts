import type { Duration } from "../core/duration.js";
import { isScope } from "../core/model/scope.js";
import type { Connection } from "./connection.js";
import { type Assurance, checkAssurance } from "./require-assurance.js";
import { checkSignInPage } from "./sign-in-page.js";

/** Options of a guard, the same under every framework. */
export interface GuardOptions {
  /**
   * The user types that may pass.
   * @default all
   * @remarks Wherever not everybody may pass: `["staff"]`.
   */
  readonly types?: readonly string[] | undefined;
  /**
   * The kinds of sessions that may pass: names of `kinds` of `createSessions`. A session without a kind
   * then does not.
   * @default all
   * @remarks Where a session must be of a kind that you trust more, such as your own app's.
   */
  readonly kinds?: readonly string[] | undefined;
  /**
   * Whether somebody who acts as the user (`sessions.actAs`) may pass.
   * @default true
   * @remarks To `false` where only the user may act, such as for payments.
   */
  readonly actors?: boolean | undefined;
  /**
   * What an API key must be allowed to do: it needs all of these scopes. Other sessions pass, since they
   * may do whatever their user may. A guard without `scopes` lets no API key pass, unless `kinds` names
   * the kind of the key.
   * @default none: for people only
   * @remarks Wherever programs may come in with a key: `["orders:read"]`.
   */
  readonly scopes?: readonly string[] | undefined;
  /**
   * The path of your sign-in page, such as `"/login"`, as browsers see it. A browser that is signed
   * out and opens a page is sent there (303), with the path it wanted in `returnTo`; read that with
   * {@link returnPath}. Everything else, calls of scripts and programs too, gets the 401.
   * @default none: the 401
   * @remarks For pages that people open in a browser.
   */
  readonly signInPage?: string | undefined;
  /**
   * How long ago the user may have been authenticated, such as `"10m"`. Anybody else gets a 403 with
   * the code EC006 that says so (RFC 9470): ask for the password again, and call `reauthenticate`.
   * @default any time
   * @remarks Before something that cannot be taken back, or that a thief would want.
   */
  readonly maxAge?: Duration | undefined;
  /**
   * The lowest of `levels` of `createSessions` that may pass. Anybody else gets a 403 with the code
   * EC006 that says so: ask for the second factor, and call `reauthenticate`.
   * @default any, and none
   * @remarks Where a password alone is too little.
   */
  readonly level?: string | undefined;
  /**
   * Proves by a read instead of refreshing in passing.
   * @default false
   * @remarks For answers that cannot set cookies.
   */
  readonly readOnly?: boolean | undefined;
}

/** Who may pass. */
export type CallerRequirements = Pick<GuardOptions, "types" | "kinds" | "actors" | "scopes">;

/** Options of `authenticate` and `session`. */
export interface AuthenticateOptions
  extends Pick<
    GuardOptions,
    "types" | "kinds" | "actors" | "scopes" | "maxAge" | "level" | "readOnly"
  > {
  /**
   * What is known of the socket: the client's address.
   * @default under `toNodeHandler`, what it knows of the request
   * @remarks With a server of your own.
   */
  readonly connection?: Connection | undefined;
}

/** What each list holds, and what one looks like. */
const LISTS: Readonly<
  Record<"types" | "kinds" | "scopes", readonly [what: string, example: string]>
> = {
  types: ["user types", '["user"]'],
  kinds: ["kinds of sessions", '["mobile"]'],
  scopes: ["scopes", '["orders:read"]'],
};
const OF_BOTH: readonly string[] = [
  ...Object.keys(LISTS),
  ...["actors", "maxAge", "level", "readOnly"],
];
const OF_GUARDS: readonly string[] = [...OF_BOTH, "signInPage"];
const OF_REQUESTS: readonly string[] = [...OF_BOTH, "connection"];

/**
 * Untyped code must not fail open: `types: "superadmin"` includes "admin", and
 * `guard(["superadmin"])` has no `types` at all. It takes some ten nanoseconds, so it may run on
 * every request.
 *
 * @throws TypeError naming the option at fault.
 */
export function checkAuthenticateOptions(
  options: AuthenticateOptions | undefined,
  levels: readonly string[],
): void {
  checkOptions(options, OF_REQUESTS, levels);
}

/**
 * A copy for a guard to keep, so that a later change of the array lets nobody in.
 *
 * @throws TypeError naming the option at fault.
 */
export function guardOptions(
  options: GuardOptions | undefined,
  { levels }: { readonly levels: readonly string[] },
): GuardOptions {
  checkOptions(options, OF_GUARDS, levels);
  const { types, kinds, scopes, signInPage } = options ?? {};
  if (signInPage !== undefined) checkSignInPage(signInPage);
  return Object.freeze({
    ...options,
    ...(types && { types: Object.freeze([...types]) }),
    ...(kinds && { kinds: Object.freeze([...kinds]) }),
    ...(scopes && { scopes: Object.freeze([...scopes]) }),
  });
}

function checkOptions(
  options: (CallerRequirements & Assurance) | undefined,
  names: readonly string[],
  levels: readonly string[],
): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError('pass the allowed user types as { types: ["user"] }');
  }
  for (const name in options) {
    if (!names.includes(name)) {
      throw new TypeError(
        `"${name}" is not an option; pass the allowed user types as { types: ["user"] }`,
      );
    }
  }
  checkList("types", options.types);
  checkList("kinds", options.kinds);
  checkList("scopes", options.scopes);
  if (options.actors !== undefined && typeof options.actors !== "boolean") {
    throw new TypeError("actors must be true or false");
  }
  checkAssurance(options, levels);
}

function checkList(option: keyof typeof LISTS, list: readonly string[] | undefined): void {
  if (list === undefined) return;
  // A scope goes into a header of the refusal.
  const isOne = option === "scopes" ? isScope : (one: unknown) => typeof one === "string";
  if (Array.isArray(list) && list.every(isOne)) return;
  const [what, example] = LISTS[option];
  throw new TypeError(`${option} must be an array of ${what}, such as ${example}`);
}
