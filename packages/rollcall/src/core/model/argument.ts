/*
 * Checks for callers without types. Each error names the argument at fault, but never contains the
 * value, which may be a credential that was passed in the wrong place.
 */

/** Options; `undefined` counts as `{}`. @throws TypeError when it is not an object. */
export function optionsObject<T extends object>(value: T | undefined, label: string): Partial<T> {
  if (value === undefined) return {};
  if (!isObject(value)) throw new TypeError(`${label} must be an object, or left out`);
  return value;
}

/** The time of a date; `null` for `undefined`. @throws TypeError when it is not a valid date. */
export function optionalTime(value: Date | undefined, label: string): number | null {
  if (value === undefined) return null;
  const time = value instanceof Date ? value.getTime() : Number.NaN;
  if (Number.isNaN(time)) throw new TypeError(`${label} must be a valid Date`);
  return time;
}

const MOST_METHODS = 10;

/** Names of RFC 8176 or of the application's own. @throws TypeError when it is no list of them. */
export function checkedMethods(value: readonly string[] | undefined): readonly string[] | null {
  if (value === undefined) return null;
  const isList = Array.isArray(value) && value.length > 0 && value.length <= MOST_METHODS;
  if (
    !isList ||
    !value.every((one) => typeof one === "string" && /^[\x21-\x7e]{1,32}$/.test(one))
  ) {
    throw new TypeError(
      `methods must be 1 to ${MOST_METHODS} names of up to 32 characters, such as ["pwd", "otp"]`,
    );
  }
  return [...value];
}

/** Whether a value is an object and not an array. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A string that every database returns unchanged: without NUL, lone surrogates, or a leading U+FEFF,
 * which PGlite drops as a byte order mark, as TextDecoder does.
 *
 * @throws TypeError unless it is such a string of 1 to `longest` UTF-16 units.
 */
export function plainText(value: unknown, longest: number, label: string): string {
  if (typeof value !== "string" || value === "" || value.length > longest) {
    throw new TypeError(`${label} must be a string of 1 to ${longest} characters`);
  }
  if (value.includes("\0") || !value.isWellFormed()) {
    throw new TypeError(`${label} must not contain NUL or lone surrogates`);
  }
  if (value.startsWith("\uFEFF")) {
    throw new TypeError(`${label} must not begin with U+FEFF (a byte order mark)`);
  }
  return value;
}
