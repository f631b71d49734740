import { randomBytes, randomUUID } from "node:crypto";
import { crc32 as zlibCrc32 } from "node:zlib";
import { isSessionId, type SessionId } from "rollcall";
import { expect, test } from "vitest";
import {
  crc32,
  decodeApiKey,
  encodeApiKey,
  hashSecret,
  isPrefix,
  isSecretOf,
  newSecret,
  prefixOf,
} from "../../src/core/tokens/api-key.js";

function newId(): SessionId {
  const id: string = randomUUID();
  return isSessionId(id) ? id : expect.unreachable();
}

const key = (prefix = "acme") => ({ prefix, sessionId: newId(), secret: newSecret() });

test("a key comes back as it was, and begins with its prefix", () => {
  for (const prefix of ["ac", "acme", "acme_live", "a1_b2_c3", "abcdefghijklmnopqrstuvwx"]) {
    for (let round = 0; round < 50; round += 1) {
      const made = key(prefix);
      const token = encodeApiKey(made);
      expect(token).toMatch(new RegExp(`^${prefix}_[0-9A-Za-z]{71}$`));
      expect(decodeApiKey(token)).toEqual(made);
      expect(prefixOf(token)).toBe(prefix);
    }
  }
});

test("the smallest and the largest numbers keep their length", () => {
  for (const fill of [0, 255]) {
    const id: string =
      fill === 0 ? "00000000-0000-0000-0000-000000000000" : "ffffffff-ffff-ffff-ffff-ffffffffffff";
    if (!isSessionId(id)) return expect.unreachable();
    const made = { prefix: "acme", sessionId: id, secret: Buffer.alloc(32, fill) };
    const token = encodeApiKey(made);
    expect(token).toHaveLength("acme_".length + 71);
    expect(decodeApiKey(token)).toEqual(made);
  }
});

test("the checksum is the CRC-32 that every scanner knows", () => {
  expect(crc32("123456789")).toBe(0xcbf43926);
  for (let round = 0; round < 50; round += 1) {
    const text = randomBytes(round).toString("hex");
    expect(crc32(text)).toBe(zlibCrc32(text));
  }
});

test("every single character that is changed, added or left out is noticed", () => {
  const token = encodeApiKey(key());
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === "a" ? "b" : "a";
    expect(decodeApiKey(`${token.slice(0, at)}${other}${token.slice(at + 1)}`), `${at}`).toBeNull();
    expect(decodeApiKey(`${token.slice(0, at)}${token.slice(at + 1)}`), `${at}`).toBeNull();
    expect(decodeApiKey(`${token.slice(0, at)}${other}${token.slice(at)}`), `${at}`).toBeNull();
  }
});

test("a number that is too large for its bytes is no key, even with the right checksum", () => {
  const text = `acme_${"z".repeat(65)}`;
  let digits = "";
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (let rest = crc32(text); rest > 0; rest = Math.floor(rest / 62)) {
    digits = `${alphabet[rest % 62]}${digits}`;
  }
  expect(prefixOf(`${text}${digits.padStart(6, "0")}`)).toBe("acme");
  expect(decodeApiKey(`${text}${digits.padStart(6, "0")}`)).toBeNull();
});

test("what is another credential is no key", () => {
  for (const text of [
    "",
    "acme",
    "acme_",
    "rt1.x",
    `eyJ_${"a".repeat(71)}`,
    `_${"a".repeat(71)}`,
  ]) {
    expect(prefixOf(text), text).toBeNull();
    expect(decodeApiKey(text), text).toBeNull();
  }
});

test("prefixes are lower case, and cannot be taken for another credential", () => {
  for (const prefix of ["ac", "acme", "acme_live", "a1"]) expect(isPrefix(prefix)).toBe(true);
  for (const prefix of [
    "",
    "a",
    "Acme",
    "eyJ",
    "acme_",
    "_acme",
    "a__b",
    "1a",
    "ac me",
    "a".repeat(25),
  ]) {
    expect(isPrefix(prefix), prefix).toBe(false);
  }
  expect(isPrefix(undefined)).toBe(false);
  expect(isPrefix(["acme"])).toBe(false);
});

test("only the secret itself fits its hash", () => {
  const secret = newSecret();
  const hash = hashSecret(secret);
  expect(hash).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(isSecretOf(hash, secret)).toBe(true);
  expect(isSecretOf(hash, newSecret())).toBe(false);
  expect(isSecretOf("", secret)).toBe(false);
});
