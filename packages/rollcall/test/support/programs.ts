import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The program of that kind: where the variable says, or the first of these names on the PATH. */
export function findProgram(variable: string, names: readonly string[]): string | null {
  const given = process.env[variable];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return (given === undefined ? places : [given]).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
