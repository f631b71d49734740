import type { Middleware, RequestHandler, RequestHandlerType } from "./route.js";

/** The function to call; of a controller its method, with the method's own validator. */
export function handlerOf(given: RequestHandlerType): RequestHandler {
  if (typeof given === "function") return given;
  if (!Array.isArray(given))
    throw new TypeError("a route needs a handler: a function, or [controller, method]");
  const [controller, name] = given;
  const method: unknown = Reflect.get(controller, name);
  if (typeof method !== "function") throw new TypeError(`a controller has no method ${name}`);
  const handler: RequestHandler = (request, response) =>
    Reflect.apply(method, controller, [request, response]);
  const validation = validationOf(controller, name);
  if (validation !== undefined) handler.validation = validation;
  return handler;
}

function validationOf(controller: object, name: string): RequestHandler["validation"] {
  if (Reflect.get(controller, `${name}ValidationSchema`))
    throw schemaRefusal(`${name}ValidationSchema`);
  const validate: unknown = Reflect.get(controller, `${name}Validate`);
  if (validate === undefined) return undefined;
  if (typeof validate !== "function") throw new TypeError(`${name}Validate must be a method`);
  return {
    validate: (request, response) => Reflect.apply(validate, controller, [request, response]),
  };
}

/** Left out quietly, the handler would trust what nobody has checked. */
function schemaRefusal(where: string): TypeError {
  return new TypeError(`${where}: only validation.validate is known here, no schema`);
}

/** What runs between middleware and handler. @throws TypeError where it cannot be run here. */
export function validatorsOf({ validation }: RequestHandler, path: string): Middleware[] {
  if (validation === undefined) return [];
  const { validate, ...others } = validation;
  if (Object.values(others).some((value) => value !== undefined)) throw schemaRefusal(path);
  if (validate === undefined) return [];
  if (typeof validate !== "function")
    throw new TypeError(`${path}: validation.validate must be a function`);
  // Of a validator, unlike of middleware, only what is true refuses.
  return [async (request, response) => (await validate(request, response)) || undefined];
}
