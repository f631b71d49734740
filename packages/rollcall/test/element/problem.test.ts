import { expect, test } from "vitest";
import { problemOf } from "../../src/element/problem.js";

test.each([
  [0, null, "unreachable"],
  [401, "EC001", "signed-out"],
  [401, "EC002", "signed-out"],
  [403, "EC003", "forbidden"],
  [403, "EC006", "reauthenticate"],
  [403, "EC007", "failed"],
  [409, "EC009", "failed"],
  [429, "EC004", "throttled"],
  [400, "EC008", "failed"],
  [500, "EC000", "failed"],
  [502, null, "unreachable"],
  [503, "EC005", "unreachable"],
  [504, null, "unreachable"],
] as const)("status %d with %s is %s", (status, errorCode, problem) => {
  expect(problemOf(Object.assign(new Error("x"), { status, errorCode }))).toBe(problem);
});

test("what no client throws is a failure", () => {
  for (const thrown of [new Error("x"), "x", null, { status: 401 }]) {
    expect(problemOf(thrown)).toBe("failed");
  }
});
