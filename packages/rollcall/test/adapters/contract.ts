import { describe, expect, test } from "vitest";
import { actingCases } from "./acting-cases.js";
import { assuranceCases } from "./assurance-cases.js";
import { bodyCases } from "./body-cases.js";
import { cachingCases } from "./caching-cases.js";
import { connectionCases } from "./connection-cases.js";
import type { ContractCase } from "./contract-case.js";
import { cookieCases } from "./cookie-cases.js";
import type { AdapterHarness } from "./harness.js";
import { intentCases } from "./intent-cases.js";
import { mountingCases } from "./mounting-cases.js";
import { optionalCases } from "./optional-cases.js";
import { refusalCases } from "./refusal-cases.js";
import { sessionCases } from "./session-cases.js";
import { signInPageCases } from "./sign-in-page-cases.js";
import { signOutCases } from "./sign-out-cases.js";
import { onStage } from "./stage.js";
import { tokenCases } from "./token-cases.js";

export const contractCases: readonly ContractCase[] = [
  ...sessionCases,
  ...tokenCases,
  ...refusalCases,
  ...assuranceCases,
  ...cookieCases,
  ...optionalCases,
  ...signInPageCases,
  ...signOutCases,
  ...actingCases,
  ...intentCases,
  ...cachingCases,
  ...bodyCases,
  ...mountingCases,
  ...connectionCases,
];

/** The one suite that every adapter passes: the contract over real HTTP, each case on a fresh application. */
export function testContract(harness: AdapterHarness): void {
  const { skips = {} } = harness;
  for (const protocol of harness.protocols) {
    describe(`${harness.name} over ${protocol}`, () => {
      for (const { name, options, run, ...only } of contractCases) {
        if ((only.protocol ?? protocol) !== protocol) continue;
        const reason = skips[name];
        if (reason !== undefined) test.skip(`${name} (${reason})`);
        else test(name, () => onStage(harness, { protocol, ...options }, run));
      }
    });
  }

  test(`${harness.name} skips nothing that is no case`, () => {
    const names = contractCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(Object.keys(skips)));
  });
}
