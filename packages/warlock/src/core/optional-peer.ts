import { createRequire } from "node:module";

/**
 * A package that only some applications need, found where they have installed it.
 *
 * @throws TypeError naming the package and what needs it.
 */
export function optionalPeer(name: string, purpose: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch (cause) {
    throw new TypeError(`${purpose} needs ${name}: npm install ${name}`, { cause });
  }
}
