import type { Request } from "./request.js";
import type { Response } from "./response.js";
import type { Sent } from "./sent.js";

/** Runs before a handler; whatever it returns, other than `undefined`, ends the chain. */
export type Middleware<R extends Request = Request> = (request: R, response: Response) => unknown;

/** Handles a request. What it returns is the answer: a `Response`, or a body. */
export interface RequestHandler<R extends Request = Request> {
  (request: R, response: Response): unknown;
  description?: string;
  /** `validate` runs right before the handler. Schemas of other packages are not known here. */
  validation?: { readonly validate?: Middleware<R> };
}

/** A handler, or an object and the name of its method. */
export type RequestHandlerType = RequestHandler<Sent> | readonly [object, string];

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "HEAD" | "ALL";

/** A route as it was registered. */
export interface WarlockRoute {
  readonly method: Method;
  readonly path: string;
  readonly middleware: readonly Middleware[];
  readonly handler: RequestHandler;
}

/** Options of a group or a route. */
export interface RouteOptions {
  readonly middleware?: Middleware<Sent> | readonly Middleware<Sent>[];
  readonly name?: string;
  readonly description?: string;
}

type Register = (
  path: string | readonly string[],
  handler: RequestHandlerType,
  options?: RouteOptions,
) => Router;

/** Registers routes. */
export interface Router {
  group(options: RouteOptions & { readonly prefix?: string }, callback: () => void): Router;
  prefix(prefix: string, callback: () => void): Router;
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

/** Of `router.route(path)`: those with `One` in their name are about `path/:id`. */
export type RouteBuilder = {
  readonly [Name in keyof typeof BUILDS]: (
    handler: RequestHandlerType,
    options?: RouteOptions,
  ) => RouteBuilder;
};

const BUILDS = {
  get: ["GET", ""],
  post: ["POST", ""],
  put: ["PUT", ""],
  patch: ["PATCH", ""],
  delete: ["DELETE", ""],
  list: ["GET", ""],
  create: ["POST", ""],
  getOne: ["GET", "/:id"],
  show: ["GET", "/:id"],
  update: ["PUT", "/:id"],
  updateOne: ["PUT", "/:id"],
  patchOne: ["PATCH", "/:id"],
  destroy: ["DELETE", "/:id"],
  deleteOne: ["DELETE", "/:id"],
} as const;

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

function handlerOf(given: RequestHandlerType): RequestHandler {
  if (typeof given === "function") return given;
  const [controller, name] = given;
  const method: unknown = Reflect.get(controller, name);
  if (typeof method !== "function") throw new TypeError(`a controller has no method ${name}`);
  return (request, response) => Reflect.apply(method, controller, [request, response]);
}

function requireKnownValidation({ validation }: RequestHandler, path: string): void {
  if (validation === undefined || Object.keys(validation).every((key) => key === "validate"))
    return;
  // Left out quietly, the handler would trust what nobody has checked.
  throw new TypeError(`${path}: only validation.validate is known here, no schema`);
}

function add(
  method: Method,
  paths: string | readonly string[],
  given: RequestHandlerType,
  options: RouteOptions = {},
): Router {
  const handler = handlerOf(given);
  for (const path of [paths].flat()) {
    const parts = [...prefixes, path].flatMap((part) => part.split("/")).filter((part) => part);
    const whole = `/${parts.join("/")}`;
    requireKnownValidation(handler, whole);
    const middleware = [...around, ...listOf(options.middleware)];
    routes.push({ method, path: whole, middleware, handler });
  }
  return router;
}

const register =
  (method: Method): Register =>
  (path, handler, options) =>
    add(method, path, handler, options);

function builder(path: string, shared: RouteOptions): RouteBuilder {
  const build =
    (name: keyof typeof BUILDS) =>
    (handler: RequestHandlerType, options: RouteOptions = {}): RouteBuilder => {
      const [method, rest] = BUILDS[name];
      const middleware = [...listOf(shared.middleware), ...listOf(options.middleware)];
      add(method, `${path}${rest}`, handler, { ...options, middleware });
      return built;
    };
  const built: RouteBuilder = {
    get: build("get"),
    post: build("post"),
    put: build("put"),
    patch: build("patch"),
    delete: build("delete"),
    list: build("list"),
    create: build("create"),
    getOne: build("getOne"),
    show: build("show"),
    update: build("update"),
    updateOne: build("updateOne"),
    patchOne: build("patchOne"),
    destroy: build("destroy"),
    deleteOne: build("deleteOne"),
  };
  return built;
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
    return router;
  },
  prefix: (prefix, callback) => router.group({ prefix }, callback),
  route: (path, options = {}) => builder(path, options),
  get: register("GET"),
  post: register("POST"),
  put: register("PUT"),
  patch: register("PATCH"),
  delete: register("DELETE"),
  head: register("HEAD"),
  options: register("OPTIONS"),
  any: register("ALL"),
};
