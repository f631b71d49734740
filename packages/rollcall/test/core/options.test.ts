import type { SessionsOptions } from "rollcall";
import { createKeyRing } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { readOptions } from "../../src/core/options.js";

const secret = "0123456789abcdef0123456789abcdef";
const read = (options: object): ReturnType<typeof readOptions> =>
  readOptions({ store: memory(), secret, ...options });

const durations = [
  "accessTokenTtl",
  "idleTimeout",
  "absoluteTimeout",
  "retryWindow",
  "storeTimeout",
  "maxStaleness",
  "touchInterval",
] as const satisfies readonly (keyof SessionsOptions)[];

const bad = ["30dayz", "0d", "-1", "", " ", -1, 0, Number.NaN, Number.POSITIVE_INFINITY, "10", {}];

for (const option of durations) {
  test(`contract §2.8: a bad ${option} is refused at construction, by name`, () => {
    for (const value of bad) {
      expect(() => read({ [option]: value }), JSON.stringify(value)).toThrow(
        new RegExp(`^${option} must be`),
      );
    }
  });
}

test("the defaults are those of the documentation", () => {
  expect(read({})).toMatchObject({
    issuer: "rollcall",
    audience: "rollcall",
    accessTokenTtl: 600_000,
    idleTimeout: 7 * 86_400_000,
    absoluteTimeout: 30 * 86_400_000,
    retryWindow: 30_000,
    storeTimeout: 2000,
    maxStaleness: 2000,
    touchInterval: 60_000,
    onLimit: "evict-oldest",
    maxPerUser: null,
  });
});

test("what is not given shrinks with a short idleTimeout", () => {
  const settings = read({ idleTimeout: "1m" });
  expect(settings.accessTokenTtl).toBe(15_000);
  expect(settings.retryWindow).toBe(7500);
  expect(settings.touchInterval).toBe(15_000);
});

test("lifetimes that contradict each other are refused", () => {
  expect(() => read({ idleTimeout: "20m", accessTokenTtl: "10m" })).toThrow(/^accessTokenTtl/);
  expect(() => read({ idleTimeout: "2m", touchInterval: "1m" })).toThrow(/^touchInterval/);
  expect(() => read({ accessTokenTtl: "30s", retryWindow: "30s" })).toThrow(/^retryWindow/);
  expect(() => read({ accessTokenTtl: 999 })).toThrow(/^accessTokenTtl/);
});

test("secret or keys, one of them, and at least 32 bytes", () => {
  expect(() => read({ secret: undefined })).toThrow(/^secret is missing/);
  expect(() => read({ secret: "0123456789abcdef0123456789abcde" })).toThrow(/^secret must have/);
  expect(() => read({ secret: new Uint8Array(31) })).toThrow(/^secret must have/);
  const keys = createKeyRing([{ id: "a", secret }]);
  expect(() => read({ keys })).toThrow(/either secret or keys/);
  // 16 characters of two bytes each are 32 bytes.
  expect(() => read({ secret: "éééééééééééééééé" })).not.toThrow();
});

test("other options are checked by name", () => {
  expect(() => read({ store: {} })).toThrow(/^store/);
  expect(() => read({ onLimit: "evict" })).toThrow(/^onLimit/);
  expect(() => read({ maxPerUser: 0 })).toThrow(/^maxPerUser/);
  expect(() => read({ maxPerUser: 1.5 })).toThrow(/^maxPerUser/);
  expect(() => read({ claimsFor: {} })).toThrow(/^claimsFor/);
  expect(() => read({ issuer: "" })).toThrow(/^issuer/);
  expect(() => read({ audience: "" })).toThrow(/^audience/);
  expect(() => read({ verifyCacheSize: 0 })).toThrow(/^verifyCacheSize/);
});

test("no message repeats the secret", () => {
  const short = "hunter2";
  try {
    read({ secret: short });
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain(short);
  }
});
