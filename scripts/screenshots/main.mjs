// Takes the pictures of docs/images from the demo itself: `npm run build` first.
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { apiKeys } from "./api-keys.mjs";
import { FIREFOX, startDemo } from "./demo.mjs";
import { demoScreens } from "./demo-screens.mjs";
import { elementLooks } from "./element-looks.mjs";
import { elementStates } from "./element-states.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const SCREENS = { ...demoScreens, ...elementStates, ...elementLooks, ...apiKeys };

const HELP = `Usage: npm run screenshots [-- [--outdir FOLDER] [--only NAME]...]

Starts the demo, looks at its pages in Chromium and writes what it sees into FOLDER
(default: docs/images). CHROMIUM names the browser's program (default: /usr/bin/chromium).
The letters are those of Noto Sans, Noto Sans Arabic and Noto Sans CJK JP
(on Debian: fonts-noto-core, fonts-noto-cjk): without them pictures look different.

--only NAME takes that picture only; it may be given again. The names:
${wrap(Object.keys(SCREENS).join(", "))}`;

function wrap(text) {
  return text.replace(/(?=\S)(.{1,88})(?:\s|$)/g, "  $1\n").trimEnd();
}

/** Runs in the page. Else pictures would change with the fonts of whoever takes them. */
function nameFonts() {
  document.addEventListener("DOMContentLoaded", () => {
    const style = document.createElement("style");
    style.textContent =
      ':root { font-family: "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK JP" !important }';
    document.head.append(style);
  });
}

const MARGIN = 16;

/** Of an element with a margin, however tall it is; or of the window as it stands. */
async function takePicture(page, of = "rollcall-sessions") {
  // Nothing is to look hovered, wherever the last click was.
  await page.mouse.move(0, 0);
  if (of === "page") return await page.screenshot();
  await page.evaluate(() => scrollTo(0, 0));
  const box = await page.locator(of).boundingBox();
  const width = page.viewportSize().width;
  const x = Math.max(0, box.x - MARGIN);
  const clip = {
    x,
    y: box.y - MARGIN,
    width: Math.min(width - x, box.width + 2 * MARGIN),
    height: box.height + 2 * MARGIN,
  };
  return await page.screenshot({ clip, fullPage: true });
}

async function visit(browser, demo, { looks, act, of }) {
  const context = await browser.newContext({
    viewport: { width: 860, height: 900 },
    userAgent: FIREFOX,
    reducedMotion: "reduce",
    // The page's policy lets nobody add a style.
    bypassCSP: true,
    ...looks,
  });
  try {
    await context.addInitScript(nameFonts);
    const page = await context.newPage();
    await page.goto(demo.url);
    await page.locator("#sign-in").waitFor();
    await act({ page, context, demo, url: demo.url });
    return await takePicture(page, of);
  } finally {
    // So that the next who look at this demo do not see this sign-in in their list.
    await context.request
      .post(`${demo.url}/auth/logout`, { headers: { Origin: demo.url } })
      .catch(() => {});
    await context.close();
  }
}

async function takeAll(names, outdir) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const demos = [];
  const start = async () => {
    const demo = await startDemo();
    demos.push(demo);
    return demo;
  };
  let shared;
  try {
    for (const name of names) {
      const screen = SCREENS[name];
      // What changes the data is on a demo of its own.
      if (!screen.own) shared ??= await start();
      const demo = screen.own ? await start() : shared;
      const png = await smaller(await visit(browser, demo, screen));
      if (screen.own) await demo.stop();
      const path = join(outdir, `${name}.png`);
      await writeFile(path, png);
      console.log(`${relative(process.cwd(), path)}  ${Math.ceil(png.length / 1000)} kB`);
    }
  } finally {
    await browser.close();
    await Promise.all(demos.map(({ stop }) => stop()));
  }
}

/** In less than half of the bytes: a page has few colours, and browsers write each pixel in full. */
function smaller(png) {
  return sharp(png).png({ palette: true, dither: 0, effort: 10, compressionLevel: 9 }).toBuffer();
}

async function main() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        outdir: { type: "string" },
        only: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    }));
    const unknown = values.only?.find((name) => !Object.hasOwn(SCREENS, name));
    if (unknown !== undefined) throw new TypeError(`there is no picture "${unknown}"`);
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const outdir = resolve(values.outdir ?? join(ROOT, "docs/images"));
  await mkdir(outdir, { recursive: true });
  await takeAll(values.only ?? Object.keys(SCREENS), outdir);
  return 0;
}

process.exitCode = await main();
