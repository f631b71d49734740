import type { Page } from "playwright-core";

/**
 * When something says a word, in milliseconds since the epoch: as the page sees it, whatever the test
 * takes to look. `host`: the element in whose shadow it is.
 */
export const whenShown = (page: Page, selector: string, host?: string): Promise<number> =>
  page.evaluate(
    ([wanted, shadowOf]) =>
      new Promise<number>((resolve) => {
        const root =
          shadowOf === undefined ? document.body : document.querySelector(shadowOf)?.shadowRoot;
        if (!root) throw new Error(`no ${shadowOf}`);
        const look = (): void => {
          if (root.querySelector(wanted)?.textContent?.trim()) resolve(Date.now());
        };
        new MutationObserver(look).observe(root, {
          childList: true,
          characterData: true,
          subtree: true,
        });
        look();
      }),
    [selector, host] as const,
  );

/** When the page's next request to end a session goes out, by the browser's clock. RequestOptions before it does. */
export async function whenSent(page: Page): Promise<number> {
  const request = await page.waitForRequest((one) => one.method() === "DELETE");
  // Only then its times are known.
  await request.response();
  return request.timing().startTime;
}
