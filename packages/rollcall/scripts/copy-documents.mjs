// Copies what a reader of the package needs beside the code: npm packs a folder, and these lie at the root.
import { cp, rm } from "node:fs/promises";
import { basename, resolve } from "node:path";

const PACKAGE = resolve(import.meta.dirname, "..");
const ROOT = resolve(PACKAGE, "../..");

const DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE", "docs"];
const ABOUT_IT = ["ARCHITECTURE.md", "SECURITY.md", "THREAT-MODEL.md"];

/** Of the pictures, which weigh more than everything else, the one that README shows. */
const isPacked = (path) => !path.endsWith(".png") || basename(path) === "account.png";

for (const name of [...DOCUMENTS, ...ABOUT_IT]) {
  await rm(resolve(PACKAGE, name), { recursive: true, force: true });
  await cp(resolve(ROOT, name), resolve(PACKAGE, name), { recursive: true, filter: isPacked });
}
