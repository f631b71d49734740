/*
 * What callers without types pass: each check names the argument at fault. An error made here never
 * holds the value, which may be a credential that went to the wrong place.
 */

/** Options, or none: `undefined` counts as `{}`. @throws TypeError when it is no object. */
export function optionsObject<T extends object>(value: T | undefined, label: string): Partial<T> {
  if (value === undefined) return {};
  if (!isObject(value)) throw new TypeError(`${label} must be an object, or left out`);
  return value;
}

/** The time of a date, or `null` without one. @throws TypeError when it is no valid date. */
export function optionalTime(value: Date | undefined, label: string): number | null {
  if (value === undefined) return null;
  const time = value instanceof Date ? value.getTime() : Number.NaN;
  if (Number.isNaN(time)) throw new TypeError(`${label} must be a valid Date`);
  return time;
}

/** An object, and no list. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Text that comes back from every database as it went in: without NUL, lone surrogates, or a leading
 * U+FEFF, which PGlite takes for a byte order mark and drops, as the web's decoders do.
 *
 * @throws TypeError when it is no text of 1 to `longest` UTF-16 units, or holds one of those.
 */
export function plainText(value: unknown, longest: number, label: string): string {
  if (typeof value !== "string" || value === "" || value.length > longest) {
    throw new TypeError(`${label} must be a text of 1 to ${longest} characters`);
  }
  if (value.includes("\0") || !value.isWellFormed()) {
    throw new TypeError(`${label} must not contain NUL or lone surrogates`);
  }
  if (value.startsWith("\uFEFF")) {
    throw new TypeError(`${label} must not begin with U+FEFF (a byte order mark)`);
  }
  return value;
}
