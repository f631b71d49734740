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

/** What a browser does beyond Playwright's own defaults. */
export interface BrowserOptions {
  /** Host names that are this machine, `"*.localhost"` say. */
  readonly hosts?: string;
  /** Whether it keeps pages for "Back" (bfcache), as browsers do. @default false */
  readonly keepsPages?: boolean;
}

/** A browser of its own, on a profile of its own that goes with it. The caller closes it. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { hosts, keepsPages = false } = options;
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
      ...(hosts === undefined ? [] : [`--host-resolver-rules=MAP ${hosts} 127.0.0.1`]),
    ],
    ...(keepsPages ? { ignoreDefaultArgs: ["--disable-back-forward-cache"] } : {}),
  });
}
