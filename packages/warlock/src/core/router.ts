import { state } from "../state.js";
import type {
  GroupedRoutesOptions,
  RequestHandlerType,
  RequestMethod,
  Route,
  RouteOptions,
  RouterGroupCallback,
} from "./route.js";
import { type RouteBuilder, routeBuilder } from "./route-builder.js";
import { handlerOf, validatorsOf } from "./route-handler.js";
import { checkGroupOptions, checkRouteOptions, listOf } from "./route-options.js";

type Register = (
  path: string | readonly string[],
  handler: RequestHandlerType,
  options?: RouteOptions,
) => Router;

/** Registers routes. */
export interface Router {
  group(options: GroupedRoutesOptions, callback: RouterGroupCallback): Router;
  prefix(prefix: string, callback: RouterGroupCallback): Router;
  /** A group whose prefix is `/v` and the version. */
  version(version: string | number, callback: RouterGroupCallback): Router;
  /** The routes of one path, one after the other. */
  route(path: string, options?: RouteOptions): RouteBuilder;
  readonly get: Register;
  readonly post: Register;
  readonly put: Register;
  readonly patch: Register;
  readonly delete: Register;
  readonly head: Register;
  readonly options: Register;
  readonly any: Register;
}

/** What has been registered so far, first come first served. */
export function registeredRoutes(): readonly Route[] {
  return state.routing.routes;
}

function add(
  method: RequestMethod,
  paths: string | readonly string[],
  given: RequestHandlerType,
  options: RouteOptions = {},
): Router {
  const { routes, prefixes, around } = state.routing;
  const handler = handlerOf(given);
  const isFirst = options.middlewarePrecedence === "before";
  for (const path of [paths].flat()) {
    const parts = [...prefixes, path].flatMap((part) => part.split("/")).filter((part) => part);
    const whole = `/${parts.join("/")}`;
    // Now, where the mistake is still in the stack, rather than at the first request.
    validatorsOf(handler, whole);
    checkRouteOptions(options, whole);
    const own = listOf(options.middleware, whole);
    const middleware = isFirst ? [...own, ...around] : [...around, ...own];
    routes.push({ method, path: whole, middleware, handler });
  }
  return router;
}

const register =
  (method: RequestMethod): Register =>
  (path, handler, options) =>
    add(method, path, handler, options);

/** The one that code imports; routes are registered as their modules load. */
export const router: Router = {
  group(options, callback) {
    checkGroupOptions(options);
    const { prefix = "", middleware } = options;
    const { prefixes, around } = state.routing;
    state.routing.prefixes = [...prefixes, prefix];
    state.routing.around = [...around, ...listOf(middleware, prefix)];
    try {
      callback();
    } finally {
      Object.assign(state.routing, { prefixes, around });
    }
    return router;
  },
  prefix: (prefix, callback) => router.group({ prefix }, callback),
  version: (version, callback) => router.prefix(`/v${version}`, callback),
  route: (path, options = {}) => routeBuilder(add, path, options),
  get: register("GET"),
  post: register("POST"),
  put: register("PUT"),
  patch: register("PATCH"),
  delete: register("DELETE"),
  head: register("HEAD"),
  options: register("OPTIONS"),
  any: register("ALL"),
};
