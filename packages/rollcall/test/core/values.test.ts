import fc from "fast-check";
import { SessionError } from "rollcall";
import { expect, test } from "vitest";
import { jsonObject } from "../../src/core/model/json.js";
import { isSessionId } from "../../src/core/model/session.js";
import { toUser, userKey } from "../../src/core/model/user.js";
import { decodeCursor, encodeCursor } from "../../src/core/verbs/list-cursor.js";

test("user ids: text as it is, safe integers and bigints by their text", () => {
  expect(toUser({ type: "user", id: 1 })).toEqual(toUser({ type: "user", id: "1" }));
  expect(toUser({ type: "user", id: 9007199254740993n }).id).toBe("9007199254740993");
  expect(toUser({ type: "user", id: " Ada " }).id).toBe(" Ada ");
  expect(toUser({ type: "user", id: "x".repeat(255) }).id).toHaveLength(255);
  for (const id of ["", "x".repeat(256), "a\0b", "\ud800", "\udc00x", 1.5, 2 ** 53, Number.NaN]) {
    expect(() => toUser({ type: "user", id }), String(id)).toThrow(/^user\.id/);
  }
  for (const type of ["", "a b", "x".repeat(65), "é"]) {
    expect(() => toUser({ type, id: 1 }), type).toThrow(/^user\.type/);
  }
});

test("keys of two users are the same only if the users are", () => {
  const part = fc.stringMatching(/^[a-c:0-9]{1,6}$/);
  fc.assert(
    fc.property(part, part, part, part, (type, id, otherType, otherId) => {
      const same = type === otherType && id === otherId;
      expect(userKey({ type, id }) === userKey({ type: otherType, id: otherId })).toBe(same);
    }),
  );
});

test("JSON is kept verbatim, in its order, up to 4096 bytes", () => {
  const value = { z: 1, a: [null, "\\u0000 is text", "日本"], "\u202e": { "": true } };
  expect(JSON.stringify(jsonObject(value, "device"))).toBe(JSON.stringify(value));
  const largest = { a: "é".repeat(2044) };
  expect(JSON.stringify(jsonObject(largest, "device"))).toHaveLength(2052);
  expect(() => jsonObject({ a: "é".repeat(2045) }, "device")).toThrow(/^device must take at most/);
});

test("what no database keeps is refused, by name", () => {
  expect(() => jsonObject({ a: "\0" }, "metadata")).toThrow(/^metadata must not contain NUL/);
  expect(() => jsonObject({ "\ud800": 1 }, "metadata")).toThrow(/^metadata must not contain/);
  expect(() => jsonObject({ a: "\\\0" }, "metadata")).toThrow(/^metadata must not contain NUL/);
  const cycle: Record<string, never> = {};
  Object.assign(cycle, { cycle });
  expect(() => jsonObject(cycle, "metadata")).toThrow(/^metadata must be JSON/);
  expect(() => jsonObject(JSON.parse("[1]"), "metadata")).toThrow(
    /^metadata must be a JSON object/,
  );
});

test("list cursors survive the round trip; anything else is EC008", () => {
  fc.assert(
    fc.property(fc.nat(4e12), fc.uuid({ version: 4 }), (createdAt, id) => {
      if (!isSessionId(id)) return;
      expect(decodeCursor(encodeCursor({ createdAt, id }))).toEqual({ createdAt, id });
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor(text)).toThrow(SessionError);
    }),
  );
});
