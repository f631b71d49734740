import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { lines } from "./hands.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("<rollcall-sessions> shows", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  /** By the clock of the server, which is not that of the page. */
  const seenBy = async (ahead: number): Promise<Page> => {
    const page = await stage.open();
    await page.clock.install({ time: new Date("2035-03-20T12:00:00Z") });
    await page.reload();
    await page.evaluate((offset) => {
      const at = (minutes: number) => new Date(Date.now() + (minutes - offset) * 60_000);
      mount({}, [
        sample("me", { current: true, lastUsedAt: at(0) }),
        sample("now", { lastUsedAt: at(-1) }),
        sample("before", { lastUsedAt: at(-30) }),
        sample("ending", { lastUsedAt: at(-30), expiresAt: at(5) }),
      ]);
    }, ahead);
    await page.locator("li").first().waitFor();
    return page;
  };

  test("what is active now also by a clock that is an hour behind", async () => {
    const page = await seenBy(-60);
    expect(await lines(page, "me")).toContain("Active now");
    expect(await lines(page, "now")).toContain("Active now");
    expect(await lines(page, "before")).toContain("Active 30 minutes ago");
    await page.clock.runFor("03:00");
    expect(await lines(page, "now")).toContain("Active 4 minutes ago");
    await page.context().close();
  });

  test("nobody but this device as active by a clock that is ten minutes ahead", async () => {
    const page = await seenBy(10);
    expect(await lines(page, "me")).toContain("Active now");
    expect(await lines(page, "now")).toContain("Active 11 minutes ago");
    // The server lists it, so it lives: whoever looks for a stranger must see it.
    expect(await lines(page, "ending")).toContain("Expires 5 minutes ago");
    await page.context().close();
  });

  test("a session whose dates are none, and all after it", async () => {
    const page = await stage.open();
    await page.evaluate(() => {
      const none = new Date(Number.NaN);
      mount({}, [
        sample("me", { current: true }),
        sample("odd", { createdAt: none, lastUsedAt: none, expiresAt: none }),
        sample("next"),
      ]);
    });
    await page.locator('[data-id="next"]').waitFor();
    expect(await lines(page, "odd")).toEqual([
      "Firefox on Windows",
      "Active –",
      "203.0.113.7",
      "Signed in –",
      "Expires –",
    ]);
    await page.context().close();
  });
});
