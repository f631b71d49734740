// Removes what the build writes, so that nothing of an older source is packed or run.
import { rmSync } from "node:fs";

for (const folder of ["../dist", "../demo/dist"]) {
  rmSync(new URL(folder, import.meta.url), { recursive: true, force: true });
}
