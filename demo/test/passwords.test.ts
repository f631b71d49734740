import { verify } from "@node-rs/argon2";
import { beforeEach, expect, test, vi } from "vitest";
import { createPasswords, hashPassword } from "../passwords.js";

vi.mock(import("@node-rs/argon2"), async (original) => {
  const argon2 = await original();
  return { ...argon2, verify: vi.fn(argon2.verify) };
});

beforeEach(() => void vi.mocked(verify).mockClear());

/** Algorithm, version and costs: what a check takes follows from them. */
const termsOf = (hash: unknown): string => String(hash).split("$").slice(0, 4).join("$");

test("a password is hashed as OWASP says, with a salt of its own", async () => {
  const [one, other] = [await hashPassword("x"), await hashPassword("x")];
  expect(termsOf(one)).toBe("$argon2id$v=19$m=19456,t=2,p=1");
  expect(one).not.toBe(other);
});

test("an unknown user takes the same work as a known one, and never passes", async () => {
  const passwords = await createPasswords();
  const stored = await hashPassword("right");
  const work: string[][] = [];
  for (const [hash, password, passes] of [
    [stored, "right", true],
    [stored, "wrong", false],
    [null, "right", false],
    [null, "nobody has this password", false],
  ] as const) {
    vi.mocked(verify).mockClear();
    expect(await passwords.check(hash, password)).toBe(passes);
    work.push(vi.mocked(verify).mock.calls.map(([checked]) => termsOf(checked)));
  }
  expect(new Set(work.map(String))).toEqual(new Set(["$argon2id$v=19$m=19456,t=2,p=1"]));
});
