// Copies what a reader of the package needs beside the code: npm packs a folder, and these lie at the root.
import { cp, rm } from "node:fs/promises";
import { resolve } from "node:path";

const PACKAGE = resolve(import.meta.dirname, "..");
const ROOT = resolve(PACKAGE, "../..");

for (const name of ["README.md", "CHANGELOG.md", "LICENSE"]) {
  await rm(resolve(PACKAGE, name), { force: true });
  await cp(resolve(ROOT, name), resolve(PACKAGE, name));
}
