import type { RequestHandlerType, RequestMethod, RouteOptions } from "./route.js";
import { checkRouteOptions, listOf } from "./route-options.js";

/** Registers one route. */
export type AddRoute = (
  method: RequestMethod,
  path: string,
  handler: RequestHandlerType,
  options: RouteOptions,
) => unknown;

/** Handlers by what they do, for {@link RouteBuilder.crud}. */
export type CrudHandlers = { readonly [Name in (typeof CRUD)[number]]?: RequestHandlerType };

type Build = (handler: RequestHandlerType, options?: RouteOptions) => RouteBuilder;

/** Of `router.route(path)`: those with `One` in their name are about `path/:id`. */
export interface RouteBuilder extends Readonly<Record<keyof typeof BUILDS, Build>> {
  /** The same for a path below this one. */
  nest(path: string, options?: RouteOptions): RouteBuilder;
  /** Those of the usual routes that have a handler. */
  crud(handlers: CrudHandlers, options?: RouteOptions): RouteBuilder;
}

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
  postOne: ["POST", "/:id"],
  update: ["PUT", "/:id"],
  updateOne: ["PUT", "/:id"],
  patchOne: ["PATCH", "/:id"],
  destroy: ["DELETE", "/:id"],
  deleteOne: ["DELETE", "/:id"],
} as const;

const CRUD = ["list", "create", "show", "update", "destroy", "patch"] as const;

/** What `router.route(path)` gives; `shared` are the options of all its routes. */
export function routeBuilder(add: AddRoute, path: string, shared: RouteOptions): RouteBuilder {
  checkRouteOptions(shared, path);
  const merged = (options: RouteOptions): RouteOptions => {
    checkRouteOptions(options, path);
    const middleware = [...listOf(shared.middleware, path), ...listOf(options.middleware, path)];
    return { ...shared, ...options, middleware };
  };
  const build =
    (name: keyof typeof BUILDS): Build =>
    (handler, options = {}) => {
      const [method, rest] = BUILDS[name];
      add(method, `${path}${rest}`, handler, merged(options));
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
    postOne: build("postOne"),
    update: build("update"),
    updateOne: build("updateOne"),
    patchOne: build("patchOne"),
    destroy: build("destroy"),
    deleteOne: build("deleteOne"),
    nest: (below, options = {}) => routeBuilder(add, `${path}${below}`, merged(options)),
    crud(handlers, options) {
      for (const name of CRUD) {
        const handler = handlers[name];
        // A whole list is not patched: there, too, that is about one.
        if (handler !== undefined) built[name === "patch" ? "patchOne" : name](handler, options);
      }
      return built;
    },
  };
  return built;
}
