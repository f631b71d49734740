import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectralCore from "@stoplight/spectral-core";
import spectralRulesets from "@stoplight/spectral-rulesets";
import { createSessions } from "rollcall";
import { createHttp, type HttpOptions } from "rollcall/http";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";

function documentOf(options: Partial<HttpOptions>): object {
  const sessions = createSessions({ store: memory(), secret });
  return createHttp({ sessions, ...options }).openapi();
}

async function redocly(document: object): Promise<string[]> {
  const config = await createConfig({ extends: ["recommended"] });
  const source = JSON.stringify(document);
  const problems = await lintFromString({ source, config, absoluteRef: "/openapi.json" });
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

async function spectral(document: object): Promise<string[]> {
  const spectral = new spectralCore.Spectral();
  const ruleset = { extends: [[spectralRulesets.oas, "recommended"]] };
  spectral.setRuleset(new spectralCore.Ruleset(ruleset));
  const problems = await spectral.run(JSON.stringify(document));
  return problems.map(({ code, path, message }) => `${code}: ${path.join(".")}: ${message}`);
}

test.for<Partial<HttpOptions>>([
  {},
  { cookies: true, origin: "https://app.example" },
  { paths: { account: "/v1.0/me", auth: "/v1.0/token", service: false } },
])("the recommended rules of Redocly and Spectral find nothing with %o", async (options) => {
  const document = documentOf(options);
  expect(await redocly(document)).toEqual([]);
  expect(await spectral(document)).toEqual([]);
});

test("both see what is wrong", async () => {
  const document = { ...documentOf({}), servers: [] };
  expect(await redocly(document)).toEqual([expect.stringMatching(/^no-empty-servers/)]);
  expect(await spectral(document)).toEqual([expect.stringMatching(/^oas3-api-servers/)]);
});
