// Takes the pictures of docs/images from a demo of its own: `npm run build` first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const HELP = `Usage: npm run screenshots [-- --outdir FOLDER]

Starts the demo, looks at its pages in Chromium and writes what it sees into FOLDER
(default: docs/images). CHROMIUM names the browser's program (default: /usr/bin/chromium).`;

const ROOT = resolve(import.meta.dirname, "..");
const PASSWORD = "correct horse battery staple";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

async function signIn(page, email) {
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("form button");
  await page.locator("rollcall-sessions li").first().waitFor();
}

const asHedy = (page) => signIn(page, "hedy@example.com");

/** What is looked at: by whom, how, and what happens first. */
const SCREENS = {
  "sign-in": { act: async () => {} },
  account: { act: asHedy },
  "account-dark": { colorScheme: "dark", act: asHedy },
  "account-narrow": { viewport: { width: 360, height: 1200 }, act: asHedy },
  "account-arabic": {
    act: async (page) => {
      await page.evaluate(() => {
        document.documentElement.lang = "ar";
        document.documentElement.dir = "rtl";
      });
      await asHedy(page);
      await page.getByRole("heading", { level: 3 }).first().waitFor();
    },
  },
  ask: {
    act: async (page) => {
      await asHedy(page);
      await page.getByRole("button", { name: "Sign out Kitchen iPad" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  admin: {
    act: async (page, url) => {
      await signIn(page, "margaret@example.com");
      await page.goto(`${url}/admin`);
      await page.locator("rollcall-sessions li").first().waitFor();
    },
  },
};

async function startDemo(folder) {
  const child = spawn(process.execPath, [join(ROOT, "demo/dist/main.js")], {
    env: { PATH: process.env.PATH, PORT: "0", ROLLCALL_DATA: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^Rollcall demo on (\S+)/.exec(line) ?? [];
    if (url !== undefined) return { child, url };
  }
  throw new Error("the demo did not start");
}

async function main() {
  const { values } = parseArgs({
    options: { outdir: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return console.log(HELP);
  const outdir = resolve(values.outdir ?? join(ROOT, "docs/images"));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    for (const [name, { act, ...looks }] of Object.entries(SCREENS)) {
      // Each on a demo of its own, so that no sign-in of another is on it.
      const folder = await mkdtemp(join(tmpdir(), "rollcall-screenshots-"));
      const { child, url } = await startDemo(folder);
      const ended = once(child, "exit");
      try {
        const size = { viewport: { width: 860, height: 900 }, userAgent: FIREFOX };
        const context = await browser.newContext({ ...size, reducedMotion: "reduce", ...looks });
        const page = await context.newPage();
        await page.goto(url);
        await page.locator("#sign-in").waitFor();
        await act(page, url);
        await page.screenshot({ path: join(outdir, `${name}.png`) });
        await context.close();
        console.log(join(outdir, `${name}.png`));
      } finally {
        child.kill("SIGTERM");
        await ended;
        await rm(folder, { recursive: true, force: true });
      }
    }
  } finally {
    await browser.close();
  }
}

await main();
