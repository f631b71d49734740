import type { Request } from "./request.js";
import type { Response } from "./response.js";

/** Handles a request. What it returns is the answer: a `Response`, or a body. */
export type Handler = (request: Request, response: Response) => unknown;

/** Runs before a handler; whatever it returns, other than `undefined`, ends the chain. */
export type Middleware = Handler;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A route as it was registered. */
export interface WarlockRoute {
  readonly method: Method;
  readonly path: string;
  readonly middleware: readonly Middleware[];
  readonly handler: Handler;
}

/** Options of a group or a route. */
export interface RouteOptions {
  readonly middleware?: Middleware | readonly Middleware[];
}

/** Registers routes. */
export interface Router {
  group(options: RouteOptions & { readonly prefix?: string }, callback: () => void): void;
  prefix(prefix: string, callback: () => void): void;
  get(path: string, handler: Handler, options?: RouteOptions): Router;
  post(path: string, handler: Handler, options?: RouteOptions): Router;
  put(path: string, handler: Handler, options?: RouteOptions): Router;
  patch(path: string, handler: Handler, options?: RouteOptions): Router;
  delete(path: string, handler: Handler, options?: RouteOptions): Router;
}

const routes: WarlockRoute[] = [];
let prefixes: readonly string[] = [];
let around: readonly Middleware[] = [];

/** What has been registered so far, first come first served. */
export function registeredRoutes(): readonly WarlockRoute[] {
  return routes;
}

function listOf(middleware: RouteOptions["middleware"] = []): readonly Middleware[] {
  return typeof middleware === "function" ? [middleware] : middleware;
}

function add(method: Method, path: string, handler: Handler, options: RouteOptions = {}): Router {
  const parts = [...prefixes, path].flatMap((part) => part.split("/")).filter((part) => part);
  const middleware = [...around, ...listOf(options.middleware)];
  routes.push({ method, path: `/${parts.join("/")}`, middleware, handler });
  return router;
}

/** The one that code imports; routes are registered as their modules load. */
export const router: Router = {
  group({ prefix = "", middleware }, callback) {
    const [outerPrefixes, outerAround] = [prefixes, around];
    prefixes = [...prefixes, prefix];
    around = [...around, ...listOf(middleware)];
    try {
      callback();
    } finally {
      prefixes = outerPrefixes;
      around = outerAround;
    }
  },
  prefix: (prefix, callback) => router.group({ prefix }, callback),
  get: (path, handler, options) => add("GET", path, handler, options),
  post: (path, handler, options) => add("POST", path, handler, options),
  put: (path, handler, options) => add("PUT", path, handler, options),
  patch: (path, handler, options) => add("PATCH", path, handler, options),
  delete: (path, handler, options) => add("DELETE", path, handler, options),
};
