import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { translations } from "../../src/element/texts/translations.js";
import { browserAvailable, openBrowser } from "../support/browser.js";
import { type BuiltElement, buildElement } from "./built-element.js";
import { sampleSession } from "./sample-sessions.js";

let built: BuiltElement;
let script: string;
beforeAll(async () => {
  built = await buildElement();
  script = built.files.get("rollcall-sessions.js") ?? "";
});

describe("the file for the script tag", () => {
  test("is one file for each element, beside the manifest and the licence of Lit", () => {
    expect([...built.files.keys()].toSorted()).toEqual([
      "custom-elements.json",
      "rollcall-api-keys.js",
      "rollcall-sessions.LICENSE.txt",
      "rollcall-sessions.js",
    ]);
    expect(built.files.get("rollcall-sessions.LICENSE.txt")).toContain("Copyright");
  });

  test("weighs at most 24,000 bytes gzipped: Lit, the client and all languages", () => {
    const { length } = gzipSync(script, { level: 9 });
    expect(length).toBeLessThanOrEqual(24_000);
    expect(built.stdout).toContain(`rollcall-sessions.js: ${length} bytes gzipped\n`);
  });

  test("weighs at most 27,000 with API keys, which is a file of its own", () => {
    const { length } = gzipSync(built.files.get("rollcall-api-keys.js") ?? "", { level: 9 });
    expect(length).toBeLessThanOrEqual(27_000);
    expect(built.stdout).toContain(`rollcall-api-keys.js: ${length} bytes gzipped\n`);
    expect(script).not.toContain("rollcall-api-keys");
  });

  test.each(["rollcall-sessions.js", "rollcall-api-keys.js"])(
    "%s needs no other, and holds nothing of the server's",
    (name) => {
      const script = built.files.get(name) ?? "";
      expect(script).toContain("adoptedStyleSheets");
      expect(script).not.toMatch(/\bimport\b|\bfrom\s*["']/);
      // Of the server not a byte, and nothing that only developers read.
      expect(script).not.toMatch(/node:|\bBuffer\b|scrypt|sourceMappingURL/);
      expect(script).not.toContain("is not recommended for production");
    },
  );
});

/** An application of that one file, and nothing that it could fetch but the sessions. */
const ORIGIN = "http://application.example";
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Account</title>
<link rel="icon" href="data:,"><script type="module" src="/rollcall-sessions.js"></script>
<h1>Account</h1><rollcall-sessions heading-level="3"></rollcall-sessions></html>`;

const sessions = [
  sampleSession("here", { current: true }),
  sampleSession("there", { device: { browser: null, os: null, type: "unknown" } }),
];

describe.skipIf(!browserAvailable)("the file for the script tag, in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  /** The page, and the paths that it asked for. */
  const open = async (): Promise<readonly [page: Page, asked: ReadonlySet<string>]> => {
    const asked = new Set<string>();
    const page = await (await browser.newContext()).newPage();
    page.on("pageerror", (error) => {
      throw error;
    });
    await page.route("**", async (route) => {
      const { origin, pathname } = new URL(route.request().url());
      asked.add(origin === ORIGIN ? pathname : route.request().url());
      if (pathname === "/") await route.fulfill({ contentType: "text/html", body: PAGE });
      else if (pathname === "/rollcall-sessions.js")
        await route.fulfill({ contentType: "text/javascript", body: script });
      else if (pathname === "/account/sessions") await route.fulfill({ json: { sessions } });
      else await route.fulfill({ status: 404 });
    });
    await page.goto(ORIGIN);
    await page.getByRole("listitem").first().waitFor();
    return [page, asked];
  };

  test("says everything in seven languages, and fetches nothing for it", async () => {
    const [page, asked] = await open();
    expect(Object.keys(translations)).toHaveLength(7);
    for (const [tag, texts] of Object.entries(translations)) {
      await page.evaluate((lang) => {
        document.documentElement.lang = lang;
      }, tag);
      await page.getByRole("heading", { level: 3, name: texts.title, exact: true }).waitFor();
      await page.getByRole("heading", { level: 4, name: texts.thisDevice, exact: true }).waitFor();
      await page.getByText(texts.unknownDevice, { exact: true }).waitFor();
      await page.getByRole("button", { name: texts.signOutOthers, exact: true }).click();
      await page.getByText(texts.explainOthers, { exact: true }).waitFor();
      await page.getByRole("button", { name: texts.cancel, exact: true }).click();
      const section = page.locator("rollcall-sessions section");
      expect(await section.getAttribute("dir")).toBe(texts.direction ?? "ltr");
    }
    expect([...asked].toSorted()).toEqual([
      "/",
      "/account/sessions",
      "/account/sessions/events",
      "/rollcall-sessions.js",
    ]);
    await page.context().close();
  });

  test("is known to pages by the names that the guide gives", async () => {
    const [page] = await open();
    await page.addScriptTag({
      type: "module",
      content: `import { addLanguage, RollcallSessions } from "/rollcall-sessions.js";
        addLanguage("nl", { title: "Waar je bent ingelogd", askOne: "{name} uitloggen?" });
        document.title = String(RollcallSessions === customElements.get("rollcall-sessions"));
        document.documentElement.lang = "nl-BE";`,
    });
    await page.getByRole("heading", { name: "Waar je bent ingelogd" }).waitFor();
    expect(await page.title()).toBe("true");
    await page.evaluate(() => {
      const element = document.querySelector("rollcall-sessions");
      if (element !== null) element.placeOf = ({ lastIp }) => `Home of ${lastIp}`;
    });
    await page.getByText("Home of 203.0.113.7").first().waitFor();
    await page.getByRole("button", { name: "Sign out Unknown device" }).click();
    await page.getByRole("heading", { name: "Unknown device uitloggen?" }).waitFor();
    await page.context().close();
  });
});
