import { SessionError } from "rollcall";
import { expect, test, vi } from "vitest";

test("an error of another copy of the module is one, as bundlers make them", async () => {
  vi.resetModules();
  const copy = await import("../../src/core/model/errors.js");
  expect(copy.SessionError).not.toBe(SessionError);
  const error: unknown = new copy.SessionError("throttled", { retryAfter: 2 });
  if (!(error instanceof SessionError)) expect.unreachable();
  expect([error.status, error.errorCode, error.retryAfter]).toEqual([429, "EC004", 2]);
  expect(new SessionError("throttled")).toBeInstanceOf(copy.SessionError);
});

test("nothing else is one, and of a class that extends it only what that made", () => {
  class Mine extends SessionError {}
  expect(new Mine("internal")).toBeInstanceOf(SessionError);
  expect(new Mine("internal")).toBeInstanceOf(Mine);
  expect(new SessionError("internal")).not.toBeInstanceOf(Mine);
  for (const other of [new Error("x"), { code: "internal", status: 500 }, null, "x", undefined]) {
    expect(other).not.toBeInstanceOf(SessionError);
  }
});

test("what makes it known is no part of what is printed or compared", () => {
  expect(Object.getOwnPropertySymbols(new SessionError("internal"))).toEqual([]);
});
