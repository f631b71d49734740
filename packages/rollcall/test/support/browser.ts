import { type Browser, chromium } from "playwright-core";
import { inject } from "vitest";
import { chromiumPath, HOW_TO_GET_CHROMIUM, launchOptions } from "./chromium.js";
import type { Started } from "./global-setup.js";

/** Whether there is a browser for this run; `describe.skipIf(!browserAvailable)`. */
export const browserAvailable: boolean = chromiumPath !== null;

if (!browserAvailable) {
  if (process.env["CI"]) throw new Error(HOW_TO_GET_CHROMIUM);
  console.warn(`${HOW_TO_GET_CHROMIUM}\nTests that need a browser are skipped.`);
}

/** What a browser does beyond Playwright's own defaults. */
export interface BrowserOptions {
  /** Host names that are this machine, `"*.localhost"` say. */
  readonly hosts?: string;
  /** Whether it keeps pages for "Back" (bfcache), as browsers do. @default false */
  readonly keepsPages?: boolean;
}

/**
 * The run's Chromium. Contexts are the caller's own and go with `close`, which leaves the browser to the others.
 */
export async function openBrowser(): Promise<Browser> {
  const answer = await fetch(inject("chromiumStarter"));
  const started: Started = JSON.parse(await answer.text());
  if ("error" in started) throw new Error(`Chromium could not be started: ${started.error}`);
  return await chromium.connect(started.url);
}

/** A browser of its own, on a profile of its own that goes with it. The caller closes it. */
export async function launchBrowser({
  hosts,
  keepsPages = false,
}: BrowserOptions): Promise<Browser> {
  const { executablePath, args } = launchOptions();
  return await chromium.launch({
    executablePath,
    args: [
      ...args,
      ...(hosts === undefined ? [] : [`--host-resolver-rules=MAP ${hosts} 127.0.0.1`]),
    ],
    ...(keepsPages ? { ignoreDefaultArgs: ["--disable-back-forward-cache"] } : {}),
  });
}
