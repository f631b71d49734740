import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { createCookieChanges } from "../../src/http/cookie-changes.js";
import { NO_TOKENS } from "../../src/http/cookies.js";
import { request } from "./app.js";

const tokens = (refreshToken: string): typeof NO_TOKENS => ({ ...NO_TOKENS, refreshToken });
const change = { cookies: ["a=b"], until: Number.POSITIVE_INFINITY };

test("of more changes than can be waiting, the oldest are forgotten", () => {
  const changes = createCookieChanges(manualClock());
  for (let number = 0; number < 1500; number += 1) {
    changes.note(request("GET", "/"), tokens(`t${number}`), change);
  }
  const found = (number: number): unknown =>
    changes.of(request("GET", "/"), () => tokens(`t${number}`));
  expect([found(0), found(499)]).toEqual([undefined, undefined]);
  expect([found(500), found(1499)]).toEqual([change, change]);
});

test("cookies that occur twice are found by their own request alone", () => {
  const changes = createCookieChanges(manualClock());
  const contested = { accessToken: "a", refreshToken: "r", contested: [{ accessToken: "a" }] };
  const own = request("GET", "/");
  changes.note(own, contested, change);
  expect(changes.of(request("GET", "/"), () => contested)).toBeUndefined();
  expect(changes.of(request("GET", "/"), () => NO_TOKENS)).toBeUndefined();
  expect(changes.of(own, () => contested)).toBe(change);
});
