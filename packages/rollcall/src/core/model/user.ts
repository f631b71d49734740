import { isObject, plainText } from "./argument.js";

/** A user of the application, as Rollcall knows one: a type (`"customer"`, `"staff"` …) and an id. */
export interface User {
  readonly type: string;
  readonly id: string;
}

/**
 * How applications name a user. Ids are opaque: compared by code unit, never trimmed or folded.
 * `1` and `"1"` are the same user.
 */
export interface UserReference {
  readonly type: string;
  readonly id: string | number | bigint;
}

const MAX_ID = 255;
const USER_TYPE = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * Normalises a reference.
 *
 * @throws TypeError when the type is not 1 to 64 characters of `A-Za-z0-9_.:-`, or the id is not
 *   a well-formed string of 1 to 255 UTF-16 units without NUL or a leading U+FEFF, a safe integer or
 *   a bigint.
 */
export function toUser(reference: UserReference): User {
  if (!isObject(reference)) throw new TypeError("user must be an object with a type and an id");
  const { type, id } = reference;
  if (typeof type !== "string" || !USER_TYPE.test(type)) {
    throw new TypeError("user.type must be 1 to 64 characters of A-Z a-z 0-9 _ . : -");
  }
  return { type, id: toUserId(id) };
}

function toUserId(id: string | number | bigint): string {
  if (typeof id === "number" && !Number.isSafeInteger(id)) {
    throw new TypeError("user.id must be a safe integer; pass larger numbers as bigint or string");
  }
  if (typeof id !== "string" && typeof id !== "number" && typeof id !== "bigint") {
    throw new TypeError(`user.id must be a string of 1 to ${MAX_ID} characters or a number`);
  }
  return plainText(String(id), MAX_ID, "user.id");
}

/** One key for maps. The length prefix keeps ("a", "b:c") and ("a:b", "c") apart. */
export function userKey(user: User): string {
  return `${user.type.length}:${user.type}:${user.id}`;
}
