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

/** When the page's last request to end or name one session went out. */
export const whenSent = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const sent = performance
      .getEntriesByType("resource")
      .filter(({ name }) => /\/sessions\/(?!events)/.test(name));
    return performance.timeOrigin + (sent.at(-1)?.startTime ?? Number.NaN);
  });
