import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hmacSha256 } from "../../src/core/tokens/signing-key.js";

test("hmacSha256 is HMAC-SHA256, whatever the key and the text", () => {
  const keys = fc.uint8Array({ minLength: 0, maxLength: 64 });
  const texts = fc.string({ unit: "binary", maxLength: 300 });
  fc.assert(
    fc.property(keys, texts, fc.nat(9000), (key, text, padding) => {
      const whole = text.padEnd(padding, "é.");
      const expected = createHmac("sha256", key).update(whole).digest("base64url");
      expect(hmacSha256(key)(whole)).toBe(expected);
    }),
  );
});

test("one key's calls do not disturb each other", () => {
  const mac = hmacSha256(new Uint8Array(32).fill(7));
  const first = mac("a");
  expect(mac("b")).not.toBe(first);
  expect(mac("a")).toBe(first);
});
