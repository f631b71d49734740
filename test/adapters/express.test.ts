import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { principalOf } from "../../src/adapters/express.js";
import { testContract } from "./contract.js";
import { expressHarnesses } from "./express-harness.js";

for (const harness of expressHarnesses) testContract(harness);

test("who is on a route without a guard is a mistake that is named", () => {
  const request = new IncomingMessage(new Socket());
  expect(() => principalOf(request)).toThrow(
    new TypeError("nobody has been proven here: put auth.guard() before this handler"),
  );
});
