import type { Values } from "../../row.js";

/** SQL as the server takes it, with numbered parameters. */
export interface Numbered {
  readonly text: string;
  /** The name of each parameter: `$1` is the first. */
  readonly names: readonly string[];
}

/** `:userId`, but not the `::text` of a conversion. No string of ours has a colon before a letter. */
const PARAMETER = /(?<!:):([a-z]\w*)/gi;

/** Numbers the named parameters of a statement in the order of their first use. */
export function numberParameters(text: string): Numbered {
  const names: string[] = [];
  const numbered = text.replaceAll(PARAMETER, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return { text: numbered, names };
}

/** The values in the order of the parameters; those that the statement does not name are left out. */
export function valuesFor(names: readonly string[], values: Values): unknown[] {
  return names.map((name) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the statement lacks a value for :${name}`);
    return value;
  });
}
