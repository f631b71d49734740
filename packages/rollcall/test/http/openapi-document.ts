import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Http } from "rollcall/http";
import type { Answer } from "./app.js";

interface Described {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Described>>;
}

export interface OpenapiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** A document, held against real answers. */
export interface DocumentCheck {
  readonly document: OpenapiDocument;
  /** Such as `GET /account/sessions 200`, for all operations and statuses. */
  readonly described: readonly string[];
  /** What an answer breaks of what the document says of it, or `null`. */
  breaks(operation: string, answer: Answer): string | null;
}

export function documentOf(http: Http): DocumentCheck {
  const document: OpenapiDocument = JSON.parse(JSON.stringify(http.openapi()));
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema(closed(document), "doc");

  const responseOf = (operation: string, status: number): [string, Described] | null => {
    const [method = "", path = ""] = operation.split(" ");
    const own = `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}`;
    const response = document.paths[path]?.[method.toLowerCase()]?.responses[status];
    if (response?.$ref === undefined) return response === undefined ? null : [own, response];
    const pointer = response.$ref.slice(1);
    return [pointer, ajv.getSchema(`doc#${pointer}`)?.schema as Described];
  };

  return {
    document,
    described: Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
      ),
    ),
    breaks(operation, { status, headers, json, text }) {
      const found = responseOf(operation, status);
      if (found === null) return `${operation} ${status} is not described`;
      const [pointer, response] = found;
      for (const name of Object.keys(response.headers ?? {})) {
        if (!headers.has(name)) return `${operation} ${status} lacks ${name}`;
      }
      const type = headers.get("content-type")?.replace(/;.*/, "") ?? "";
      if (response.content?.[type] === undefined) return `${operation} ${status} is ${type}`;
      const validate = ajv.getSchema(`doc#${pointer}/content/${escaped(type)}/schema`);
      if (validate === undefined) return `${operation} ${status} has no schema`;
      const page = type === "text/html" ? text : json;
      const bodies = type === "text/event-stream" ? dataOf(text) : [page];
      for (const body of bodies) {
        if (!validate(body)) return `${operation} ${status}: ${ajv.errorsText(validate.errors)}`;
      }
      return null;
    },
  };
}

/** The data of each event of a stream: JSON, or empty. */
function dataOf(stream: string): unknown[] {
  return [...stream.matchAll(/^data: ?(.*)$/gm)].map(([, data = ""]) =>
    data === "" ? "" : JSON.parse(data),
  );
}

function escaped(part: string): string {
  const pointer = part.replaceAll("~", "~0").replaceAll("/", "~1");
  return encodeURIComponent(pointer);
}

/** Nothing goes out that is not described, though clients are to bear what later versions add. */
function closed(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" &&
      inner !== null &&
      "properties" in inner &&
      !("additionalProperties" in inner)
        ? { ...inner, additionalProperties: false }
        : inner,
    ),
  );
}
