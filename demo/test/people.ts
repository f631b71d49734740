import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { openBrowser } from "../../packages/rollcall/test/support/browser.js";
import { type Demo, PASSWORD } from "../../packages/rollcall/test/support/demo.js";

export const ADA = "ada@example.com";

export const STAFF = "margaret@example.com";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

/** People before browsers of their own, in which nothing may go wrong unseen. */
export interface People {
  open(demo: Demo, options?: BrowserContextOptions): Promise<Page>;
}

export function usePeople(): People {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  return {
    async open(demo, options = {}) {
      const context = await browser?.newContext({ userAgent: FIREFOX, ...options });
      if (context === undefined) throw new Error("no browser");
      const page = await context.newPage();
      page.on("pageerror", (error) => {
        throw error;
      });
      await page.goto(demo.url);
      return page;
    },
  };
}

/** Signs in with the form, and sees the list. */
export async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("listitem").first().waitFor();
}
