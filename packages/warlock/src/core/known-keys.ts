/**
 * Refuses options that we do not know. Code written for the package may run without types, and an
 * option that protects a route there must not be ignored here.
 *
 * @throws TypeError naming an option that is not known, or `where` when that is no object.
 */
export function refuseUnknown(given: object, known: readonly string[], where: string): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(`${where} must be an object`);
  }
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || known.includes(key)) continue;
    throw new TypeError(
      `${where}: the option ${key} is not known here. Remove it, and do in your own code what it did`,
    );
  }
}
