import fc from "fast-check";
import { createKeyRing, isSessionId, type KeyRing } from "rollcall";
import { expect, test } from "vitest";
import type { BoundRing } from "../../src/core/tokens/bound-ring.js";
import { decodeDeviceToken, encodeDeviceToken } from "../../src/core/tokens/device-token.js";
import { decodeDisavowal, encodeDisavowal } from "../../src/core/tokens/disavowal-token.js";
import { ringAccess } from "../../src/core/tokens/key-ring.js";

const secretA = "a".repeat(32);
const secretB = "b".repeat(32);
const ring = createKeyRing([{ id: "a", secret: secretA }]);

function bind(given: KeyRing = ring, issuer = "test"): BoundRing {
  return given[ringAccess].bind({
    issuer,
    now: () => 0,
    idleTimeout: 1000,
    dropped: () => {},
    compromised: async () => 0,
  });
}

const id = "11111111-2222-4333-8444-555555555555";
if (!isSessionId(id)) throw new Error("not an id");
const claims = { sessionId: id, expiresAt: 1000 };

test("a device token gives back its id, whatever characters it has", () => {
  const bound = bind();
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 255, unit: "grapheme" }), (given) => {
      const deviceId = given.slice(0, 255).toWellFormed();
      const token = encodeDeviceToken(deviceId, bound.current());
      expect(token).toMatch(/^[\w.-]{50,1200}$/);
      expect(decodeDeviceToken(token, bound)).toBe(deviceId);
    }),
  );
});

test("a link's token gives back what it was made of, until the millisecond of its end", () => {
  const bound = bind();
  const token = encodeDisavowal(claims, bound.current());
  expect(decodeDisavowal(token, bound, 999)).toEqual(claims);
  expect(decodeDisavowal(token, bound, 1000)).toBeNull();
});

const kinds = [
  [
    "a device token",
    (bound: BoundRing) => encodeDeviceToken("phone", bound.current()),
    (token: string, bound: BoundRing) => decodeDeviceToken(token, bound),
  ],
  [
    "the token of a link",
    (bound: BoundRing) => encodeDisavowal(claims, bound.current()),
    (token: string, bound: BoundRing) => decodeDisavowal(token, bound, 0),
  ],
] as const;

test.each(kinds)("%s with one character changed, added or missing is refused", (_, make, read) => {
  const bound = bind();
  const token = make(bound);
  expect(read(token, bound)).not.toBeNull();
  for (let at = 0; at <= token.length; at += 1) {
    for (const character of ["A", "0", ".", "-", "\n", ""]) {
      for (const cut of [0, 1]) {
        const altered = token.slice(0, at) + character + token.slice(at + cut);
        if (altered !== token) expect(read(altered, bound), altered).toBeNull();
      }
    }
  }
});

test.each(kinds)("%s of another issuer, secret or purpose is refused", (_, make, read) => {
  const bound = bind();
  expect(read(make(bind(ring, "other")), bound)).toBeNull();
  expect(read(make(bind(createKeyRing([{ id: "a", secret: secretB }]))), bound)).toBeNull();
  const { mac, deviceMac, disavowalMac } = bound.current();
  const body = make(bound).replace(/\.[^.]*$/, "");
  const signed = [mac, deviceMac, disavowalMac].map((purpose) => `${body}.${purpose(body)}`);
  // Only the key of its own purpose makes it.
  expect(signed.filter((token) => read(token, bound) !== null)).toEqual([make(bound)]);
});

test.each(kinds)("%s stays good under an older key, and dies with it", (_, make, read) => {
  const keys = createKeyRing([{ id: "old", secret: secretA }]);
  const bound = bind(keys);
  const token = make(bound);
  keys.add({ id: "new", secret: secretB });
  expect(read(token, bound)).not.toBeNull();
  expect(make(bound)).not.toBe(token);
  void keys.drop("old", { compromised: true });
  expect(read(token, bound)).toBeNull();
});
