import { chromium } from "playwright-core";
import { findProgram } from "./programs.js";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Chromium's program: `CHROMIUM`, or the first found on the PATH. */
export const chromiumPath: string | null = findProgram("CHROMIUM", NAMES);

export const HOW_TO_GET_CHROMIUM =
  "Chromium was not found: install it (on Debian: apt-get install chromium) or set CHROMIUM to its program.";

/** How every test starts it. */
export function launchOptions(): { executablePath: string; args: string[] } {
  if (chromiumPath === null) throw new Error(HOW_TO_GET_CHROMIUM);
  return {
    executablePath: chromiumPath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  };
}

/** A Chromium that several processes use. */
export async function startChromium(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await chromium.launchServer({ ...launchOptions(), host: "127.0.0.1" });
  return { url: server.wsEndpoint(), stop: () => server.close() };
}
