import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import { errorComponents, errorReference } from "./openapi-errors.js";
import type { HttpSettings } from "./options.js";
import type { Answer, Credential, Route, Schema } from "./route.js";
import { schemaNames } from "./schema.js";

const TAGS: Readonly<Record<Route["tag"], string>> = {
  Devices: "From a mail about a sign-in on a new device.",
  Service: "For probes, other services and generators of clients.",
  Sessions: "Where you are signed in: see it, name it, end it.",
  Keys: "API keys, for programs of your own.",
  Tokens: "Refresh tokens, and log-out.",
};

const DESCRIPTION = `Manage where you are signed in.

A \`HEAD\` works wherever a \`GET\` does. Members may be added to responses in later versions. A \
request with cookies that changes something needs an \`Origin\` or \`Sec-Fetch-Site\` that shows it \
comes from the application itself; browsers send both.`;

/** OpenAPI 3.1, from the schemas that requests are validated with and answers are tested with. */
export function openapiDocument(routes: readonly Route[], settings: HttpSettings): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, settings) };
  }
  const responses = errorComponents();
  const tags = new Set(routes.map(({ tag }) => tag));
  return {
    openapi: "3.1.0",
    info: {
      title: "Rollcall",
      version: "1",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
      contact: { name: "Rollcall", url: "https://www.npmjs.com/package/rollcall" },
    },
    servers: [{ url: settings.ownOrigin ?? "/" }],
    tags: Object.entries(TAGS)
      .map(([name, description]) => ({ name, description }))
      .filter(({ name }) => [...tags].some((tag) => tag === name)),
    paths,
    components: {
      schemas: schemasIn({ paths, responses }),
      responses: referenced(responses, { paths }, "responses"),
      securitySchemes: securitySchemes(settings),
    },
  };
}

function securitySchemes({ cookies }: HttpSettings): object {
  const bearer = {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An access token (RFC 9068).",
  };
  if (cookies === null) return { bearer };
  const cookie = { type: "apiKey", in: "cookie" };
  return {
    bearer,
    cookie: {
      ...cookie,
      name: cookies.access,
      description: "An access token. Once it has expired, the refresh cookie does as well.",
    },
    refreshCookie: { ...cookie, name: cookies.refresh, description: "A refresh token." },
    actorCookie: {
      ...cookie,
      name: cookies.actor,
      description: "The refresh token of whoever acts as a user.",
    },
  };
}

/** One of these; `{}` is for a credential that the body may hold instead. */
function security(credential: Credential, { cookies }: HttpSettings): object[] {
  if (credential === "none") return [];
  if (credential === "refresh") return cookies === null ? [] : [{ refreshCookie: [] }, {}];
  if (credential === "actor") {
    return [{ bearer: [] }, ...(cookies === null ? [] : [{ actorCookie: [] }])];
  }
  const schemes = [
    { bearer: [] },
    ...(cookies === null ? [] : [{ cookie: [] }, { refreshCookie: [] }]),
  ];
  return credential === "any" ? [...schemes, {}] : schemes;
}

function operation(route: Route, settings: HttpSettings): object {
  const { operationId, tag, summary, description, credential, body } = route;
  const parameters = [...pathParameters(route), ...queryParameters(route)];
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    security: security(credential, settings),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.required,
            content: { "application/json": { schema: schemaOf(body.schema) } },
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
    description: "The id of one of your sessions",
    schema: { type: "string", format: "uuid" },
  }));
}

function queryParameters(route: Route): object[] {
  if (route.query === undefined) return [];
  const { properties = {}, required = [] } = toJsonSchema(route.query, CONVERSION);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = typeof property === "object" ? property : {};
    return { name, in: "query", required: required.includes(name), description, schema };
  });
}

function responses(route: Route): Record<string, object> {
  const described: Record<string, object> = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    described[status] = { description: answer.description, content: contentOf(answer) };
  }
  for (const status of [...route.errors, 405, 500]) described[status] = errorReference(status);
  return described;
}

function contentOf({ mediaType = "application/json", schema, example }: Answer): object {
  const shown = example === undefined ? {} : { example };
  return { [mediaType]: { schema: schemaOf(schema), ...shown } };
}

/** Queries are read as what they mean: a number, not its digits. */
const CONVERSION: ConversionConfig = {
  typeMode: "output",
  target: "draft-2020-12",
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
};

function schemaOf(schema: Schema): object {
  const name = Object.keys(schemaNames).find((key) => schemaNames[key] === schema);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  const {
    $schema: _,
    $defs: __,
    ...rest
  } = toJsonSchema(schema, {
    ...CONVERSION,
    definitions: schemaNames,
  });
  return rest;
}

/** The named schemas that a part of the document refers to, and those that they refer to. */
function schemasIn(part: object): Record<string, object> {
  return referenced(toJsonSchemaDefs(schemaNames, CONVERSION), part, "schemas");
}

function referenced<T extends object>(
  components: Readonly<Record<string, T>>,
  part: object,
  kind: string,
): Record<string, T> {
  const found = new Map<string, T>();
  const look = (within: object): void => {
    const text = JSON.stringify(within);
    for (const [, name = ""] of text.matchAll(new RegExp(`"#/components/${kind}/(\\w+)"`, "g"))) {
      const component = components[name];
      if (component === undefined || found.has(name)) continue;
      found.set(name, component);
      look(component);
    }
  };
  look(part);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
