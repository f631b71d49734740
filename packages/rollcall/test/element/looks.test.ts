import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { button } from "./hands.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("how <rollcall-sessions> looks", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const mounted = async (options: BrowserContextOptions = {}, style = ""): Promise<Page> => {
    const page = await stage.open(options, { style });
    await page.evaluate(() => mount());
    await page.locator("li").first().waitFor();
    return page;
  };
  const styleOf = (one: Locator, property: string): Promise<string> =>
    one.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

  test("a ring is around what has the keyboard's focus at once, and around nothing that was clicked", async () => {
    const page = await mounted({ reducedMotion: "no-preference" });
    const rename = button(page, "Rename Kitchen iPad");
    await page.keyboard.press("Tab");
    await rename.focus();
    expect(await styleOf(rename, "outline")).toBe("rgb(26, 86, 196) solid 2px");
    expect(await styleOf(rename, "transition-property")).toBe("background");
    const signOut = button(page, "Sign out Kitchen iPad");
    await signOut.click();
    await page.keyboard.press("Tab");
    const confirm = page.locator("[part~=confirm-button]");
    expect(await styleOf(confirm, "outline-style")).toBe("solid");
    await confirm.click();
    // The row that took the place of the one that ended.
    const row = page.locator('[data-id="office"]');
    await expect.poll(() => row.evaluate((one) => one.matches(":focus"))).toBe(true);
    expect(await styleOf(page.locator("section"), "outline-style")).toBe("none");
    await page.context().close();
  });

  test.each([
    ["320 px", { viewport: { width: 320, height: 700 } }, ""],
    ["200 %", { viewport: { width: 640, height: 700 } }, ":root { font-size: 200% }"],
  ] as const)(
    "a row puts its buttons below its text, in the order of the keys: %s",
    async (_, options, style) => {
      const page = await mounted(options, style);
      const top = (one: Locator): Promise<number> =>
        one.evaluate((element) => element.getBoundingClientRect().top);
      const row = page.locator('[data-id="phone"]');
      const facts = await row.locator(".facts").boundingBox();
      const [first, second] = [row.locator("button").first(), row.locator("button").nth(1)];
      expect(await top(first)).toBeGreaterThanOrEqual((facts?.y ?? 0) + (facts?.height ?? 0));
      const [one, two] = [await first.boundingBox(), await second.boundingBox()];
      expect(one?.x).toBe(facts?.x);
      expect(two?.x).toBeGreaterThan(one?.x ?? 0);
      await page.context().close();
    },
  );

  test("a row puts its buttons beside its text where there is room", async () => {
    const page = await mounted();
    const row = page.locator('[data-id="phone"]');
    const facts = await row.locator(".facts").boundingBox();
    const signOut = await row.locator("button").nth(1).boundingBox();
    expect(signOut?.x).toBeGreaterThan((facts?.x ?? 0) + (facts?.width ?? 0) - 1);
    expect(signOut?.y).toBeLessThan((facts?.y ?? 0) + 10);
    await page.context().close();
  });

  test("a button changes slowly only for those who don't mind", async () => {
    for (const [reducedMotion, duration] of [
      ["no-preference", "0.12s"],
      ["reduce", "0s"],
    ] as const) {
      const page = await mounted({ reducedMotion });
      const rename = button(page, "Rename Kitchen iPad");
      expect(await styleOf(rename, "transition-duration")).toBe(duration);
      await page.context().close();
    }
  });

  test("a pencil looks like a button", async () => {
    const page = await mounted();
    const [rename, signOut] = [
      button(page, "Rename Kitchen iPad"),
      button(page, "Sign out Kitchen iPad"),
    ];
    const edge = await styleOf(rename, "border-top-color");
    expect(edge).toBe(await styleOf(signOut, "border-top-color"));
    expect(edge).not.toBe("rgba(0, 0, 0, 0)");
    await rename.hover();
    await expect
      .poll(() => styleOf(rename, "background-color"))
      .not.toBe(await styleOf(signOut, "background-color"));
    await page.context().close();
  });

  test("a question and its buttons have edges in forced colours", async () => {
    const page = await mounted({ forcedColors: "active" });
    await button(page, "Sign out Kitchen iPad").click();
    for (const part of ["dialog", "cancel-button", "confirm-button"]) {
      const edged = page.locator(`[part~=${part}]`);
      expect(await styleOf(edged, "border-top-width")).toBe("1px");
      const [edge, inside] = [
        await styleOf(edged, "border-top-color"),
        await styleOf(edged, "background-color"),
      ];
      expect(edge).not.toBe(inside);
    }
    await page.context().close();
  });
});
