import type { Request } from "./request.js";
import type { Response } from "./response.js";
import type { Sent } from "./sent.js";

/** What a handler gives back: the answer, or a body for it. */
export type ReturnedResponse = Response | Promise<Response> | Record<string, Sent>;

/** What a middleware gives back: nothing lets the request pass. */
export type MiddlewareResponse = unknown;

/** Runs before a handler; whatever it returns, other than `undefined`, ends the chain. */
export type Middleware<R extends Request = Request> = (
  request: R,
  response: Response,
) => MiddlewareResponse;

/** `validate` runs right before the handler. Schemas of other packages are not known here. */
export interface RequestHandlerValidation<R extends Request = Request> {
  readonly validate?: Middleware<R>;
}

/** Handles a request. What it returns is the answer: a `Response`, or a body. */
export interface RequestHandler<R extends Request = Request> {
  (request: R, response: Response): unknown;
  description?: string;
  validation?: RequestHandlerValidation<R>;
}

/** A handler, or an object and the name of its method. */
export type RequestHandlerType = RequestHandler<Sent> | readonly [object, string];

export type RequestMethod =
  | "GET"
  | "POST"
  | "PUT"
  | "PATCH"
  | "DELETE"
  | "OPTIONS"
  | "HEAD"
  | "ALL";

/** A route as it was registered. */
export interface Route {
  readonly method: RequestMethod;
  readonly path: string;
  readonly middleware: readonly Middleware[];
  readonly handler: RequestHandler;
}

/** Options of a route. */
export interface RouteOptions {
  readonly middleware?: Middleware<Sent> | readonly Middleware<Sent>[];
  /** Whether its own middleware runs before or after that of the groups around. @default "after" */
  readonly middlewarePrecedence?: "before" | "after";
  readonly name?: string;
  readonly description?: string;
  readonly label?: string;
}

/** Options of a group. */
export type GroupedRoutesOptions = Pick<RouteOptions, "middleware" | "name"> & {
  readonly prefix?: string;
};

/** Registers the routes of a group. */
export type RouterGroupCallback = () => void;

const PLACES = { static: 0, parameter: 1, rest: 2 } as const;

function placesOf({ path }: Route): number[] {
  return path.split("/").map((part) => {
    if (part.includes("*")) return PLACES.rest;
    return part.startsWith(":") ? PLACES.parameter : PLACES.static;
  });
}

/**
 * As requests are matched there, whatever was registered first: from left to right a written part
 * goes before a parameter, and that before `*`. Of the same path the first one answers.
 */
export function inMatchingOrder(routes: readonly Route[]): Route[] {
  const placed = routes.map((route) => ({ route, places: placesOf(route) }));
  placed.sort((a, b) => {
    for (let i = 0; i < Math.max(a.places.length, b.places.length); i++) {
      const difference = (a.places[i] ?? PLACES.static) - (b.places[i] ?? PLACES.static);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return placed.map(({ route }) => route);
}
