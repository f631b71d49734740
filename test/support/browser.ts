import { type Browser, chromium } from "playwright-core";
import { findProgram } from "./programs.js";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Chromium's program: `CHROMIUM`, or the first found on the PATH. */
export const chromiumPath: string | null = findProgram("CHROMIUM", NAMES);

/** Whether there is a browser for this run; `describe.skipIf(!browserAvailable)`. */
export const browserAvailable: boolean = chromiumPath !== null;

const HOW =
  "Chromium was not found: install it (on Debian: apt-get install chromium) or set CHROMIUM to its program.";

if (!browserAvailable) {
  if (process.env["CI"]) throw new Error(HOW);
  console.warn(`${HOW}\nTests that need a browser are skipped.`);
}

/**
 * A browser of its own, on a profile of its own that goes with it. The caller closes it.
 *
 * @param hosts Host names that are this machine, `"*.example.test"` say.
 */
export async function openBrowser(...hosts: readonly string[]): Promise<Browser> {
  if (chromiumPath === null) throw new Error(HOW);
  return await chromium.launch({
    executablePath: chromiumPath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...hosts.map((host) => `--host-resolver-rules=MAP ${host} 127.0.0.1`),
    ],
  });
}
