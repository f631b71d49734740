/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. `undefined` members are dropped, as `JSON.stringify` does. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** The largest `deviceInfo` or `metadata`, in bytes of UTF-8 JSON. */
export const MAX_JSON_BYTES = 4096;

/** A value as JSON would keep it, and its size in bytes of UTF-8. */
export interface JsonCopy {
  readonly copy: JsonObject;
  readonly text: string;
  readonly bytes: number;
}

/**
 * Copies a value as JSON would keep it, so that what is stored is what was measured.
 *
 * @throws TypeError naming `label` when the value is not a JSON object.
 */
export function copyJson(value: JsonObject, label: string): JsonCopy {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    throw new TypeError(`${label} must be JSON: no cycles, no bigint`);
  }
  if (text === undefined || !text.startsWith("{")) {
    throw new TypeError(`${label} must be a JSON object`);
  }
  const copy: JsonObject = JSON.parse(text);
  return { copy, text, bytes: Buffer.byteLength(text) };
}

/**
 * Copies a value that is to be stored.
 *
 * @throws TypeError naming `label` when the value is not a JSON object, contains NUL or lone surrogates
 *   (which Postgres cannot store), or takes more than 4,096 bytes.
 */
export function jsonObject(value: JsonObject, label: string): JsonObject {
  const { copy, text, bytes } = copyJson(value, label);
  if (bytes > MAX_JSON_BYTES) {
    throw new TypeError(`${label} must take at most ${MAX_JSON_BYTES} bytes as JSON`);
  }
  if (/\\u0000|\\ud[89a-f][0-9a-f]{2}/i.test(text.replaceAll("\\\\", ""))) {
    throw new TypeError(`${label} must not contain NUL or lone surrogates`);
  }
  return copy;
}
