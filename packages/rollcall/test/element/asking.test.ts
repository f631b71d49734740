import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { button, calls, events, focused } from "./hands.js";
import { openStage, type Stage } from "./stage.js";

declare global {
  /** What the element handed to the page, to be done after a fresh sign-in. */
  var retries: (() => void)[];
}

let stage: Stage;
describe.skipIf(!browserAvailable)("a question of <rollcall-sessions>", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const mounted = async (): Promise<Page> => {
    const page = await stage.open();
    await page.evaluate(() => mount());
    await page.locator("li").first().waitFor();
    return page;
  };
  const confirm = (page: Page): Promise<void> => page.locator("[part~=confirm-button]").click();
  const dialogs = (page: Page): Promise<number> => page.getByRole("dialog").count();

  test("stays open when its button was clicked twice", async () => {
    const page = await mounted();
    await button(page, "Sign out Kitchen iPad").dblclick();
    expect(await dialogs(page)).toBe(1);
    // Nor does a click beside it lose it.
    await page.mouse.click(5, 5);
    expect(await dialogs(page)).toBe(1);
    await page.context().close();
  });

  test("says the name that its session has by now", async () => {
    const page = await mounted();
    await button(page, "Sign out Kitchen iPad").click();
    await page.evaluate(() => {
      fake.sessionsNow = fake.sessionsNow.map((one) =>
        one.id === "tablet" ? { ...one, name: "Attic" } : one,
      );
      fake.changed();
    });
    await page.getByRole("dialog", { name: "Sign out Attic?" }).waitFor();
    expect(await page.getByRole("heading", { name: "Attic" }).count()).toBe(1);
    await page.context().close();
  });

  test("lets be heard what happens meanwhile", async () => {
    const page = await mounted();
    await button(page, "Sign out Kitchen iPad").click();
    await page.evaluate(() => {
      fake.sessionsNow = [...fake.sessionsNow, sample("new", { createdAt: new Date() })];
      fake.changed();
    });
    // Of what is below an open question, screen readers hear nothing.
    const status = page.locator("dialog[open] [role=status]");
    await expect.poll(() => status.innerText()).toBe("New sign-in: Firefox on Windows.");
    await page.context().close();
  });

  test("leaves the focus in the list, wherever it was while busy", async () => {
    const page = await mounted();
    await page.evaluate(() => {
      fake.answers.revoke = "hang";
    });
    await button(page, "Sign out Kitchen iPad").click();
    await confirm(page);
    // As a click beside the question does in some browsers.
    await page.evaluate(() => {
      const active = document.activeElement?.shadowRoot?.activeElement;
      if (active instanceof HTMLElement) active.blur();
    });
    expect(await focused(page)).toBeNull();
    await page.evaluate(() => fake.release());
    await expect.poll(() => focused(page)).toBe("office");
    expect(await dialogs(page)).toBe(0);
    await page.context().close();
  });

  /** A page with its own sign-in, and an element that needs it for all it does. */
  const fresh = async (): Promise<Page> => {
    const page = await mounted();
    await page.evaluate(() => {
      fake.answers.revoke = "fresh";
      fake.answers.rename = "fresh";
      globalThis.retries = [];
      document.addEventListener("rollcall-reauthenticate", (event) => {
        event.preventDefault();
        globalThis.retries.push(event.detail.retry);
      });
    });
    return page;
  };
  const signIn = async (page: Page, name: string): Promise<void> => {
    await button(page, name).click();
    await confirm(page);
    await button(page.getByRole("dialog"), "Sign in").click();
  };
  /** The page has signed the person in: what waits for it may go on. */
  const retry = (page: Page): Promise<void> =>
    page.evaluate(() => {
      fake.answers.revoke = "ok";
      fake.answers.rename = "ok";
      for (const again of globalThis.retries) again();
    });

  test("makes room for the page's own sign-in, and is answered after it", async () => {
    const page = await fresh();
    await page.evaluate(() => {
      const password = document.createElement("input");
      document.body.append(password);
      document.addEventListener("rollcall-reauthenticate", () => password.focus());
    });
    await signIn(page, "Sign out Kitchen iPad");
    expect(await dialogs(page)).toBe(0);
    await page.keyboard.type("secret");
    const password = page.locator("body > input");
    expect(await password.inputValue()).toBe("secret");
    await password.click();
    await retry(page);
    await expect.poll(() => page.locator("li").count()).toBe(4);
    expect(await calls(page)).toEqual(["revoke tablet", "revoke tablet"]);
    // Once is all it is good for.
    await retry(page);
    expect(await calls(page)).toHaveLength(2);
    await page.context().close();
  });

  test("leaves the screen as it was when the page never comes back to it", async () => {
    const page = await fresh();
    await signIn(page, "Sign out Kitchen iPad");
    expect(await focused(page)).toBe("Sign out Kitchen iPad");
    await page.evaluate(() => {
      fake.answers.revoke = "ok";
    });
    await button(page, "Sign out curl").click();
    await confirm(page);
    await expect.poll(() => page.locator("li").count()).toBe(4);
    await retry(page);
    expect(await calls(page)).toEqual(["revoke tablet", "revoke script"]);
    await page.context().close();
  });

  test("is not answered by a sign-in for another", async () => {
    const page = await fresh();
    await signIn(page, "Sign out Kitchen iPad");
    await button(page, "Sign out everywhere").click();
    await retry(page);
    expect(await calls(page)).toEqual(["revoke tablet"]);
    expect(await page.getByRole("dialog", { name: "Sign out everywhere?" }).count()).toBe(1);
    await page.context().close();
  });

  test("of another name is not answered by a sign-in for the first", async () => {
    const page = await fresh();
    const row = page.locator("form");
    await button(page, "Rename curl").click();
    await page.keyboard.type("Backup\n");
    await button(row, "Sign in").click();
    await expect.poll(() => events(page)).toMatchObject([{}, { detail: { action: "rename" } }]);
    await button(row, "Cancel").click();
    await button(page, "Rename Kitchen iPad").click();
    await page.keyboard.type("Half a na");
    await retry(page);
    expect(await calls(page)).toEqual(["rename script Backup"]);
    expect(await page.getByRole("textbox").inputValue()).toBe("Half a na");
    await page.context().close();
  });
});
