import { refuseUnknown } from "./known-keys.js";
import type { GroupedRoutesOptions, Middleware, RouteOptions } from "./route.js";

/** `restful` and `isPage` are the package's: they only describe. `rateLimit` and `serverOptions` would protect. */
const OF_ROUTES = [
  "middleware",
  "middlewarePrecedence",
  "name",
  "description",
  "label",
  "restful",
  "isPage",
];
const OF_GROUPS = ["prefix", "middleware", "name"];
const PRECEDENCES: readonly unknown[] = [undefined, "before", "after"];

/** @throws TypeError naming the path and what is not known of its options. */
export function checkRouteOptions(options: RouteOptions, path: string): void {
  refuseUnknown(options, OF_ROUTES, path);
  listOf(options.middleware, path);
  if (!PRECEDENCES.includes(options.middlewarePrecedence)) {
    throw new TypeError(`${path}: middlewarePrecedence must be "before" or "after"`);
  }
}

/** The same for a group. */
export function checkGroupOptions(options: GroupedRoutesOptions): void {
  const where = `the group ${options?.prefix ?? "without a prefix"}`;
  refuseUnknown(options, OF_GROUPS, where);
  listOf(options.middleware, where);
}

/**
 * One middleware or several, as a list of their own.
 *
 * @throws TypeError for what cannot be called, such as a guard whose module is not loaded yet.
 */
export function listOf(middleware: RouteOptions["middleware"], where: string): Middleware[] {
  if (middleware === undefined) return [];
  const list: readonly Middleware[] = typeof middleware === "function" ? [middleware] : middleware;
  if (!Array.isArray(list) || ![...list].every((one) => typeof one === "function")) {
    throw new TypeError(`${where}: middleware must be a function or an array of functions`);
  }
  return [...list];
}
