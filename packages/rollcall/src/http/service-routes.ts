import type { HttpSettings } from "./options.js";
import { json } from "./respond.js";
import type { Route } from "./route.js";
import { healthAnswer } from "./schema.js";

/** What machines ask: probes, other services, generators of clients. */
export function serviceRoutes(settings: HttpSettings, openapi: () => object): readonly Route[] {
  const { sessions, paths } = settings;
  if (paths.service === false) return [];
  return [
    {
      method: "GET",
      path: `${paths.service}/healthz`,
      summary: "Whether this process is informed of revocations; 503 while it is not",
      credential: "none",
      answers: { 200: healthAnswer, 503: healthAnswer },
      errors: [],
      async handle() {
        // Not lastError: what a driver says may name hosts.
        const { feed, freshAsOf, indexSize, cacheSize } = sessions.health();
        const status = feed === "hinted" || feed === "polling" ? 200 : 503;
        const headers: HeadersInit = status === 503 ? { "Retry-After": "1" } : {};
        return json({ feed, freshAsOf, indexSize, cacheSize }, status, headers);
      },
    },
    {
      method: "GET",
      path: `${paths.service}/.well-known/jwks.json`,
      summary: "The public keys of access tokens (RFC 7517)",
      credential: "none",
      answers: { 200: null },
      errors: [],
      async handle() {
        return json(sessions.jwks(), 200, { "Content-Type": "application/jwk-set+json" });
      },
    },
    {
      method: "GET",
      path: `${paths.service}/openapi.json`,
      summary: "This document",
      credential: "none",
      answers: { 200: null },
      errors: [],
      async handle() {
        return json(openapi());
      },
    },
  ];
}
