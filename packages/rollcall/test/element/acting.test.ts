import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { button, calls, events, focused } from "./hands.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("with <rollcall-sessions> a person", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const mounted = async (attributes: Record<string, string> = {}): Promise<Page> => {
    const page = await stage.open();
    await page.evaluate((given) => mount(given), attributes);
    await page.locator("li").first().waitFor();
    return page;
  };
  const status = (page: Page): Promise<string> => page.getByRole("status").innerText();

  test("ends one sign-in with two clicks, and the next row has the focus", async () => {
    const page = await mounted();
    await button(page, "Sign out Kitchen iPad").click();
    const dialog = page.getByRole("dialog", { name: "Sign out Kitchen iPad?" });
    expect(await dialog.innerText()).toContain("It loses access at once.");
    expect(await focused(page)).toBe("Cancel");
    await button(dialog, "Sign out").click();
    await expect.poll(() => page.locator("li").count()).toBe(4);
    expect(await calls(page)).toEqual(["revoke tablet"]);
    expect(await status(page)).toBe("Kitchen iPad was signed out.");
    expect(await dialog.count()).toBe(0);
    expect(await focused(page)).toBe("office");
    expect(await events(page)).toEqual([
      { type: "rollcall-revoked", detail: { action: "sign-out", sessionId: "tablet" } },
    ]);
    await page.context().close();
  });

  test("changes their mind, by Escape or by a button, and is back where they were", async () => {
    const page = await mounted();
    for (const leave of ["Escape", "Enter"]) {
      await button(page, "Sign out Kitchen iPad").click();
      await page.keyboard.press(leave);
      await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
      expect(await focused(page)).toBe("Sign out Kitchen iPad");
    }
    expect(await calls(page)).toEqual([]);
    await page.context().close();
  });

  test("can't end anything twice, nor leave while it ends", async () => {
    const page = await mounted();
    await page.evaluate(() => {
      fake.answers.revoke = "hang";
    });
    await button(page, "Sign out Kitchen iPad").click();
    const dialog = page.getByRole("dialog");
    const confirm = dialog.locator("[part~=confirm-button]");
    await confirm.dblclick();
    await confirm.press("Enter");
    expect(await confirm.innerText()).toBe("Signing out…");
    expect(await confirm.getAttribute("aria-disabled")).toBe("true");
    for (let i = 0; i < 3; i++) await page.keyboard.press("Escape");
    await button(dialog, "Cancel").click({ force: true });
    await expect.poll(() => dialog.count()).toBe(1);
    expect(await calls(page)).toEqual(["revoke tablet"]);
    await page.evaluate(() => fake.release());
    await expect.poll(() => dialog.count()).toBe(0);
    await page.context().close();
  });

  test("is told when it did not work, and tries again", async () => {
    const page = await mounted();
    await page.evaluate(() => {
      fake.answers.revoke = "broken";
    });
    await button(page, "Sign out all others").click();
    const dialog = page.getByRole("dialog", { name: "Sign out all other devices?" });
    await button(dialog, "Sign out all others").click();
    await expect.poll(() => dialog.getByRole("alert").innerText()).toContain("That didn’t work.");
    await page.evaluate(() => {
      fake.answers.revoke = "ok";
    });
    await button(dialog, "Sign out all others").click();
    await expect.poll(() => page.locator("li").count()).toBe(1);
    expect(await status(page)).toBe("All other devices were signed out.");
    expect(await page.getByText("You’re not signed in anywhere else.").count()).toBe(1);
    expect(await focused(page)).toContain("Where you’re signed in");
    expect(await events(page)).toEqual([
      { type: "rollcall-error", detail: { action: "sign-out-others", problem: "failed" } },
      { type: "rollcall-revoked", detail: { action: "sign-out-others", sessionId: null } },
    ]);
    await page.context().close();
  });

  test("renames in place, by keyboard alone", async () => {
    const page = await mounted();
    await button(page, "Rename Chrome on Android").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("  Pixel in the hall ");
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page)).toBe("Rename Pixel in the hall");
    expect(await calls(page)).toEqual(["rename phone Pixel in the hall"]);
    expect(await status(page)).toBe("Renamed to Pixel in the hall.");
    expect(await page.locator('[data-id="phone"] .kind').innerText()).toBe("Chrome on Android");
    expect(await events(page)).toMatchObject([
      { type: "rollcall-renamed", detail: { session: { id: "phone", name: "Pixel in the hall" } } },
    ]);

    // An empty name is none; Escape and an unchanged name ask nobody.
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page)).toBe("Rename Chrome on Android");
    await page.keyboard.press("Enter");
    await page.keyboard.type("never mind");
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page)).toBe("Rename Chrome on Android");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page)).toBe("Rename Chrome on Android");
    expect(await calls(page)).toEqual(["rename phone Pixel in the hall", "rename phone null"]);
    await page.context().close();
  });

  test("keeps what was typed when renaming did not work, and can't send it twice", async () => {
    const page = await mounted();
    await page.evaluate(() => {
      fake.answers.rename = "hang";
    });
    await button(page, "Rename Kitchen iPad").click();
    await page.keyboard.type("Hall");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    expect(await calls(page)).toEqual(["rename tablet Hall"]);
    await page.evaluate(() => {
      fake.answers.rename = "throttled";
      fake.release();
    });
    await expect.poll(() => focused(page)).toBe("Rename Hall");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Cellar");
    await page.keyboard.press("Enter");
    const row = page.locator('[data-id="tablet"]');
    await expect.poll(() => row.getByRole("alert").innerText()).toContain("Too many attempts.");
    expect(await page.getByRole("textbox").inputValue()).toBe("Cellar");
    expect(await page.getByRole("textbox").evaluate((field) => field.matches(":focus"))).toBe(true);
    await page.context().close();
  });

  test("signs out this device, or everywhere, and is taken to sign-in", async () => {
    for (const [name, question] of [
      ["Sign out Firefox on Linux", "Sign out this device?"],
      ["Sign out everywhere", "Sign out everywhere?"],
    ] as const) {
      const page = await mounted({ "sign-in-url": "?signed=in" });
      await button(page, name).click();
      const dialog = page.getByRole("dialog", { name: question });
      await dialog.locator("[part~=confirm-button]").click();
      await page.waitForURL(/signed=in/);
      await page.context().close();
    }
  });

  test("is taken there only after the server has answered", async () => {
    const page = await mounted({ "sign-in-url": "?signed=in" });
    await page.evaluate(() => {
      fake.answers.revoke = "hang";
    });
    await button(page, "Sign out everywhere").click();
    await page.locator("[part~=confirm-button]").click();
    // The stream may be faster than the answer.
    await page.evaluate(() =>
      fake.end({ reason: "revoke_all", by: { kind: "user", device: null } }),
    );
    await expect.poll(() => page.getByText("You’re signed out").count()).toBe(1);
    expect(await events(page)).toEqual([]);
    await page.evaluate(() => fake.release());
    await page.waitForURL(/signed=in/);
    await page.context().close();
  });

  test("stays when the page takes care of it", async () => {
    const page = await mounted({ "sign-in-url": "?signed=in" });
    await page.evaluate(() =>
      document.addEventListener("rollcall-signed-out", (event) => event.preventDefault()),
    );
    await button(page, "Sign out everywhere").click();
    await page.locator("[part~=confirm-button]").click();
    await expect.poll(() => page.getByText("You’re signed out").count()).toBe(1);
    expect(await focused(page)).toContain("Where you’re signed in");
    expect(page.url()).not.toContain("signed=in");
    expect(await events(page)).toMatchObject([
      { type: "rollcall-signed-out", detail: { reason: "signed_out", here: true, message: "" } },
    ]);
    await page.context().close();
  });

  test("hears of every ending, also when its words are those of the last", async () => {
    const page = await stage.open();
    await page.evaluate(() => {
      mount({}, [sample("a"), sample("b"), sample("c")]);
    });
    await page.locator("li").first().waitFor();
    const said = await page.getByRole("status").evaluateHandle((region) => {
      const texts: string[] = [];
      new MutationObserver(() => texts.push(region.textContent ?? "")).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      return texts;
    });
    for (const left of [2, 1]) {
      await button(page, "Sign out Firefox on Windows").first().click();
      await page.locator("[part~=confirm-button]").click();
      await expect.poll(() => page.locator("li").count()).toBe(left);
    }
    const words = "Firefox on Windows was signed out.";
    await expect.poll(() => said.jsonValue()).toEqual([words, "", words]);
    await page.context().close();
  });

  test("leaves a question that another device has answered", async () => {
    const page = await mounted();
    await button(page, "Sign out Kitchen iPad").click();
    await page.evaluate(() => {
      fake.sessionsNow = fake.sessionsNow.filter(({ id }) => id !== "tablet");
      fake.changed();
    });
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(await focused(page)).toBe("office");
    await button(page, "Rename curl").click();
    await page.evaluate(() => {
      fake.sessionsNow = fake.sessionsNow.filter(({ id }) => id !== "script");
      fake.changed();
    });
    await expect.poll(() => focused(page)).toBe("office");
    // Nothing is left of it: what is asked next is about something else.
    await page.evaluate(() => {
      fake.answers.list = "fresh";
      fake.changed();
    });
    await page.getByRole("alert").getByRole("button", { name: "Sign in" }).click();
    expect(await events(page)).toMatchObject([
      { type: "rollcall-error", detail: { action: "list" } },
      { type: "rollcall-reauthenticate", detail: { action: "list" } },
    ]);
    await page.context().close();
  });

  test("walks it by keyboard alone, from the first button to the end of a session", async () => {
    const page = await mounted();
    const walked: (string | undefined | null)[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press("Tab");
      walked.push(await focused(page));
    }
    expect(walked).toEqual([
      "Rename Firefox on Linux",
      "Sign out Firefox on Linux",
      "Sign out all others",
      "Sign out everywhere",
      "Rename Chrome on Android",
      "Sign out Chrome on Android",
      "Rename Kitchen iPad",
      "Sign out Kitchen iPad",
      "Rename Microsoft Edge on Windows",
      "Sign out Microsoft Edge on Windows",
      "Rename curl",
      "Sign out curl",
    ]);
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Sign out");
    await page.keyboard.press("Enter");
    // The last of the list: the one before it is next.
    await expect.poll(() => focused(page)).toBe("office");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Rename Microsoft Edge on Windows");
    await page.context().close();
  });
});
