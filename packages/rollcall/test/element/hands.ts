import type { Locator, Page } from "playwright-core";

/** What a person does to the element, and what they see and hear of it. */
export const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole("button", { name, exact: true });

/** What has the focus: the row by its id, all else by its name. */
export const focused = (page: Page): Promise<string | undefined | null> =>
  page.evaluate(() => {
    const active = document.activeElement?.shadowRoot?.activeElement;
    if (!(active instanceof HTMLElement)) return null;
    return active.dataset["id"] ?? active.ariaLabel ?? active.innerText;
  });

/** What the element asked of the server, but for its first list. */
export const calls = (page: Page): Promise<string[]> => page.evaluate(() => fake.calls.slice(1));

/** What the element told the page. */
export const events = (page: Page): Promise<unknown> =>
  page.evaluate(() => JSON.parse(JSON.stringify(happened)));

/** What is read in a row, line by line. */
export const lines = async (page: Page, id: string): Promise<readonly string[]> => {
  const text = await page.locator(`[data-id="${id}"] .facts`).innerText();
  return text.split("\n").map((line) => line.trim());
};
