import type { Connection } from "./client-address.js";

/** Options of `authenticate`. */
export interface AuthenticateOptions {
  /** The user types that may pass. @default all */
  readonly types?: readonly string[];
  /** For places that cannot set cookies: proves by a read instead of refreshing in passing. @default false */
  readonly readOnly?: boolean;
  readonly connection?: Connection | undefined;
}

/**
 * What no compiler has seen must not fail open: `types: "superadmin"` includes "admin", and in
 * `guard(["superadmin"])` there are no `types` at all. Guards ask when they are made; a check of
 * every request may ask too, since it takes some ten nanoseconds.
 *
 * @throws TypeError naming the option at fault.
 */
export function checkAuthenticateOptions(options: AuthenticateOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError('the user types that may pass are given as { types: ["user"] }');
  }
  for (const name in options) {
    if (name !== "types" && name !== "readOnly" && name !== "connection") {
      throw new TypeError(`"${name}" is no option; user types are given as { types: ["user"] }`);
    }
  }
  const { types } = options;
  if (types === undefined) return;
  if (!Array.isArray(types) || !types.every((type) => typeof type === "string")) {
    throw new TypeError('types must be an array of user types, such as ["user"]');
  }
}

/**
 * What a guard keeps: a copy, so that nobody lets anybody in by changing an array later on.
 *
 * @throws TypeError naming the option at fault.
 */
export function guardOptions(options: AuthenticateOptions | undefined): AuthenticateOptions {
  checkAuthenticateOptions(options);
  const { types } = options ?? {};
  return Object.freeze({ ...options, ...(types && { types: Object.freeze([...types]) }) });
}
