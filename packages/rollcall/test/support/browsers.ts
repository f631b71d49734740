import { browserAvailable, launchBrowser } from "./browser.js";
import { type FirefoxPage, firefoxAvailable, openFirefox } from "./firefox.js";

/** What tests ask of a page, in whatever browser. */
export type BrowserPage = FirefoxPage;

/** A browser that a test may ask for; `describe.each(BROWSERS)`. */
export interface BrowserKind {
  readonly name: string;
  readonly available: boolean;
  /** Names that end in `.localhost` are this machine to it. The caller closes it. */
  open(): Promise<{ newPage(): Promise<BrowserPage>; close(): Promise<void> }>;
}

export const BROWSERS: readonly BrowserKind[] = [
  {
    name: "Chromium",
    available: browserAvailable,
    async open() {
      const browser = await launchBrowser({ hosts: "*.localhost", keepsPages: true });
      return {
        close: () => browser.close(),
        async newPage() {
          const context = await browser.newContext({ ignoreHTTPSErrors: true });
          const page = await context.newPage();
          return {
            async goto(url) {
              await page.goto(url);
            },
            async back() {
              // Not goBack(), which waits for a load that a kept page does not have.
              const url = page.url();
              await page.evaluate("history.back()");
              await page.waitForURL((shown) => shown.href !== url, { waitUntil: "commit" });
            },
            evaluate: (expression) => page.evaluate(expression),
          };
        },
      };
    },
  },
  { name: "Firefox", available: firefoxAvailable, open: openFirefox },
];
