import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { button, focused } from "./hands.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("a long list", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const long = async (): Promise<Page> => {
    const page = await stage.open();
    await page.evaluate(() => {
      mount(
        {},
        Array.from({ length: 140 }, (_, i) => sample(`s${i}`, { current: i === 0 })),
      );
    });
    await button(page, "Show more").waitFor();
    return page;
  };

  test("goes on from its first new row, to the very last", async () => {
    const page = await long();
    for (const first of [26, 51, 76, 101, 126]) {
      await button(page, "Show more").focus();
      await page.keyboard.press("Enter");
      await expect.poll(() => focused(page)).toBe(`s${first}`);
      const row = page.locator(`[data-id="s${first}"]`);
      expect(await row.evaluate((one) => one.getBoundingClientRect().top)).toBeGreaterThan(0);
    }
    expect(await button(page, "Show more").count()).toBe(0);
    expect(await page.locator("li").count()).toBe(140);
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Rename Firefox on Windows");
    await page.context().close();
  });

  test("leaves the focus on its button while nothing came", async () => {
    const page = await long();
    await page.evaluate(() => {
      fake.sessionsNow = [sample("new", { createdAt: new Date() }), ...fake.sessionsNow];
    });
    await button(page, "Show more").focus();
    await page.evaluate(() => fake.changed());
    await expect.poll(() => page.locator('[data-id="new"]').count()).toBe(1);
    expect(await focused(page)).toContain("Show more");
    await page.context().close();
  });
});
