import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { button, calls, focused } from "./hands.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("a name that is being typed", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const renaming = async (): Promise<Page> => {
    const page = await stage.open();
    await page.evaluate(() => mount());
    await button(page, "Rename Kitchen iPad").click();
    expect(await page.getByRole("textbox", { name: "Rename Kitchen iPad" }).count()).toBe(1);
    return page;
  };
  const typed = (page: Page): Promise<string> => page.getByRole("textbox").inputValue();

  test("stays when this very session is named elsewhere", async () => {
    const page = await renaming();
    await page.keyboard.type("Half a na");
    await page.evaluate(() => {
      fake.sessionsNow = fake.sessionsNow.map((one) =>
        one.id === "tablet" ? { ...one, name: "Attic" } : one,
      );
      fake.changed();
    });
    await page.getByRole("textbox", { name: "Rename Attic" }).waitFor();
    await page.keyboard.type("me");
    expect(await typed(page)).toBe("Half a name");
    await page.context().close();
  });

  test("stays when Escape only ends an input method's choice of characters", async () => {
    const page = await renaming();
    const pressEscape = (isComposing: boolean): Promise<void> =>
      page.getByRole("textbox").evaluate((field, composing) => {
        const given = { key: "Escape", isComposing: composing, bubbles: true, composed: true };
        field.dispatchEvent(new KeyboardEvent("keydown", given));
      }, isComposing);
    await pressEscape(true);
    await page.keyboard.type("still here");
    expect(await typed(page)).toBe("still here");
    await pressEscape(false);
    await expect.poll(() => focused(page)).toBe("Rename Kitchen iPad");
    await page.context().close();
  });

  test("may have 64 characters, as the server counts them", async () => {
    const page = await renaming();
    await page.getByRole("textbox").fill("🦊".repeat(70));
    await page.keyboard.press("Enter");
    await expect.poll(() => calls(page)).toEqual([`rename tablet ${"🦊".repeat(64)}`]);
    await page.context().close();
  });
});
