import { toJsonSchema } from "@valibot/to-json-schema";
import type { HttpSettings } from "./options.js";
import type { Route, Schema } from "./route.js";
import { errorAnswer } from "./schema.js";

/** What each error status means, as contract §1.12 has it. */
const ERRORS: Readonly<Record<number, string>> = {
  400: "The request is malformed (EC008)",
  401: "No credential (EC001), or one that is malformed, forged, expired or revoked (EC002)",
  403: "This user type may not pass (EC003), a fresh sign-in is required (EC006), or cross-site (EC007)",
  404: "Session not found: unknown, garbage, or somebody else's",
  405: "Method not allowed",
  429: "Throttled (EC004)",
  500: "Unforeseen (EC000)",
  503: "The database cannot be asked and the answer cannot be known (EC005)",
};

/** The OpenAPI 3.1 document, from the very schemas that requests are validated with. */
export function openapiDocument(routes: readonly Route[], settings: HttpSettings): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, settings) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Rollcall", version: "1", description: "Manage where you are signed in." },
    paths,
    components: {
      schemas: { Error: schemaOf(errorAnswer, "output") },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "at+jwt (RFC 9068)" },
        ...(settings.cookies === null
          ? {}
          : { cookie: { type: "apiKey", in: "cookie", name: settings.cookies.access } }),
      },
    },
  };
}

function operation(route: Route, settings: HttpSettings): object {
  const cookie = settings.cookies === null ? [] : [{ cookie: [] }];
  const parameters = [...pathParameters(route), ...queryParameters(route)];
  return {
    summary: route.summary,
    ...(route.credential === "access" ? { security: [{ bearer: [] }, ...cookie] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: route.method === "PATCH",
            content: { "application/json": { schema: schemaOf(route.body, "input") } },
          },
        }),
    responses: responses(route),
  };
}

function pathParameters(route: Route): object[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(route: Route): object[] {
  if (route.query === undefined) return [];
  const { properties = {}, required = [] } = toJsonSchema(route.query, { typeMode: "input" });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

function responses(route: Route): Record<string, object> {
  const described: Record<string, object> = {};
  for (const [status, schema] of Object.entries(route.answers)) {
    const content = schema === null ? {} : jsonContent(schemaOf(schema, "output"));
    described[status] = { description: route.summary, ...content };
  }
  for (const status of [...route.errors, 500]) {
    const error = { $ref: "#/components/schemas/Error" };
    described[status] = { description: ERRORS[status] ?? "Error", ...jsonContent(error) };
  }
  return described;
}

function jsonContent(schema: object): object {
  return { content: { "application/json": { schema } } };
}

function schemaOf(schema: Schema, typeMode: "input" | "output"): object {
  // What OpenAPI 3.1 takes is JSON Schema 2020-12; the marker of the older draft would mislead.
  const { $schema: _, ...rest } = toJsonSchema(schema, { typeMode });
  return rest;
}
