import { healthExample } from "./openapi-examples.js";
import type { HttpSettings } from "./options.js";
import { json } from "./respond.js";
import type { Route } from "./route.js";
import { documentAnswer, healthAnswer, jwksAnswer } from "./schema.js";

/** Routes for machines: health checks, other services, generators of clients. */
export function serviceRoutes(settings: HttpSettings, openapi: () => object): readonly Route[] {
  const { sessions, paths } = settings;
  if (paths.service === false) return [];
  return [
    {
      method: "GET",
      path: `${paths.service}/healthz`,
      operationId: "getHealth",
      tag: "Service",
      summary: "Ask whether this process is well",
      description: "For load balancers: whether the process is informed of revocations.",
      credential: "none",
      answers: {
        200: { description: "It is informed", schema: healthAnswer, example: healthExample },
        503: {
          description: "It is not, or not yet",
          schema: healthAnswer,
          example: { ...healthExample, feed: "stale" },
        },
      },
      errors: [],
      async handle() {
        // Not `lastError`, since a driver's message may contain host names.
        const { feed, freshAsOf, indexSize, cacheSize } = sessions.health();
        const status = feed === "hinted" || feed === "polling" ? 200 : 503;
        const headers: HeadersInit = status === 503 ? { "Retry-After": "1" } : {};
        return json({ feed, freshAsOf, indexSize, cacheSize }, status, headers);
      },
    },
    {
      method: "GET",
      path: `${paths.service}/.well-known/jwks.json`,
      operationId: "getKeys",
      tag: "Service",
      summary: "Get the public keys of access tokens",
      description: "A JWK Set (RFC 7517). Empty while tokens are signed with a shared secret.",
      credential: "none",
      answers: {
        200: {
          description: "The keys",
          mediaType: "application/jwk-set+json",
          schema: jwksAnswer,
        },
      },
      errors: [],
      async handle() {
        return json(sessions.jwks(), 200, { "Content-Type": "application/jwk-set+json" });
      },
    },
    {
      method: "GET",
      path: `${paths.service}/openapi.json`,
      operationId: "getOpenapi",
      tag: "Service",
      summary: "Get this document",
      description: "The OpenAPI 3.1 document of the routes that this server has.",
      credential: "none",
      answers: { 200: { description: "The document", schema: documentAnswer } },
      errors: [],
      async handle() {
        return json(openapi());
      },
    },
  ];
}
