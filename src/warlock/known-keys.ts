/**
 * Code for the package comes without types, and what protects a route there must not be left out
 * here in silence.
 *
 * @throws TypeError naming an option that is not known, or `where` when it holds no options at all.
 */
export function refuseUnknown(given: object, known: readonly string[], where: string): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(`${where} must be an object`);
  }
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || known.includes(key)) continue;
    throw new TypeError(`${where}: the option ${key} is not known here; take it out`);
  }
}
