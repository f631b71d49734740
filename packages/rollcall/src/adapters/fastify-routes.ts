import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { SessionError } from "../core/model/errors.js";
import type { Http } from "../http/http-api.js";
import { addressOf } from "./request-address.js";

/** Rollcall's own routes, in a scope that is theirs alone. */
export function addRoutes(scope: FastifyInstance, http: Http): void {
  // Rollcall reads bodies itself, whatever parsers the application has.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) =>
    parsed(null, body),
  );
  scope.setErrorHandler((error, request, reply) => {
    const refused = isRefusalOfFastify(error) ? new SessionError("malformed_request") : error;
    return scope.rollcall.errors(refused, request, reply);
  });
  const { ignoreTrailingSlash, routerOptions } = scope.initialConfig;
  const slashes = ignoreTrailingSlash || routerOptions?.ignoreTrailingSlash ? [""] : ["", "/"];
  const depth = scope.prefix.split("/").filter((segment) => segment !== "").length;
  const prefix = new RegExp(`^(?:/+[^/?]+){${depth}}`);
  // A `Request` cannot have the method TRACE.
  const method = scope.supportedMethods.filter((name) => name !== "TRACE");
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const url = request.url.replace(prefix, "");
    const connection = { address: addressOf(request) };
    return reply.send(await http.fetch(toWebRequest(request, url), connection));
  };
  for (const path of http.paths) {
    for (const slash of slashes) scope.route({ method, url: `${path}${slash}`, handler });
  }
}

/**
 * Fastify refused the request before any route saw it: the body is too large, or its type
 * malformed.
 */
function isRefusalOfFastify(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^FST_ERR_CTP_/.test(String(error.code));
}

function toWebRequest({ method, headers, body }: FastifyRequest, url: string): Request {
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // Pseudo-headers of HTTP/2 begin with a colon, and `Headers` refuses them.
    if (value !== undefined && !name.startsWith(":")) kept.append(name, String(value));
  }
  // Rollcall never reads the host.
  const address = `http://localhost${url}`;
  const takesBody = method !== "GET" && method !== "HEAD";
  return new Request(address, {
    method,
    headers: kept,
    body: takesBody && body instanceof Uint8Array ? Uint8Array.from(body) : null,
  });
}
