import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Chromium's program: `CHROMIUM`, or the first found on the PATH. */
export const chromiumPath: string | null = find();

/** Whether there is a browser for this run; `describe.skipIf(!browserAvailable)`. */
export const browserAvailable: boolean = chromiumPath !== null;

const HOW =
  "Chromium was not found: install it (on Debian: apt-get install chromium) or set CHROMIUM to its program.";

if (!browserAvailable) {
  if (process.env["CI"]) throw new Error(HOW);
  console.warn(`${HOW}\nTests that need a browser are skipped.`);
}

function find(): string | null {
  const given = process.env["CHROMIUM"];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
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

/** A browser of its own, on a profile of its own that goes with it. The caller closes it. */
export async function openBrowser(): Promise<Browser> {
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
    ],
  });
}
