import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { button, calls, events, focused } from "./hands.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("with <rollcall-api-keys> a person", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const mounted = async (
    attributes: Record<string, string> = { scopes: "orders:read  orders:write" },
    lang = "en",
  ): Promise<Page> => {
    const page = await stage.open({ permissions: ["clipboard-read", "clipboard-write"] }, { lang });
    await page.evaluate((given) => {
      mountKeys(given, [sample("here", { current: true }), sampleApiKey("export")]);
    }, attributes);
    await page.locator("li").first().waitFor();
    return page;
  };
  const names = (page: Page): Promise<readonly string[]> =>
    page.locator("li .name").allInnerTexts();
  const status = (page: Page): Promise<string> => page.getByRole("status").innerText();
  const field = (page: Page) => page.getByRole("textbox");

  test("sees the keys alone, and no devices", async () => {
    const page = await mounted();
    expect(await names(page)).toEqual(["Nightly export"]);
    await page.getByRole("heading", { level: 2, name: "API keys" }).waitFor();
    expect(await page.getByRole("list", { name: "API keys" }).count()).toBe(1);
    await page.context().close();
  });

  test("makes one by keyboard alone, copies it, and never sees it again", async () => {
    const page = await mounted();
    await button(page, "Create a key").focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => field(page).evaluate((one) => one.matches(":focus"))).toBe(true);
    await page.keyboard.type("  Deploy ");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Create");
    await page.keyboard.press("Enter");
    // The key has the focus, and is selected.
    await expect.poll(() => focused(page)).toBe("Deploy");
    expect(await field(page).inputValue()).toBe("acme_key-2");
    expect(await page.evaluate(() => getSelection()?.toString())).toBe("acme_key-2");
    expect(await status(page)).toBe("Deploy was created.");
    await expect.poll(() => names(page)).toEqual(["Nightly export", "Deploy"]);
    expect(
      await page.getByText("Expires in 3 months").or(page.getByText("in 2 months")).count(),
    ).toBe(1);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page)).toBe("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("acme_key-2");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => field(page).count()).toBe(0);
    expect(await focused(page)).toBe("Create a key");
    const html = await page
      .locator("rollcall-api-keys")
      .evaluate((one) => one.shadowRoot?.innerHTML);
    expect(html).not.toContain("acme_");
    const [first] = (await calls(page)).filter((call) => call.startsWith("create"));
    expect(first).toBe("create Deploy [orders:write]");
    // The page hears of it, and not of the key itself.
    expect(await events(page)).toMatchObject([
      { type: "rollcall-key-created", detail: { session: { name: "Deploy" } } },
    ]);
    expect(JSON.stringify(await events(page))).not.toContain("acme_");
    await page.context().close();
  });

  test("can't make it twice, nor leave while it is made, nor without a name", async () => {
    const page = await mounted();
    await page.evaluate(() => {
      fake.answers.create = "hang";
    });
    await button(page, "Create a key").click();
    await button(page, "Create").click();
    expect(await calls(page)).toEqual([]);
    await page.keyboard.type("Deploy");
    await button(page, "Create").dblclick();
    await page.keyboard.press("Escape");
    await button(page, "Cancel").click({ force: true });
    expect(await field(page).inputValue()).toBe("Deploy");
    expect(await calls(page)).toEqual(["create Deploy []"]);
    await page.evaluate(() => fake.release());
    await expect.poll(() => field(page).inputValue()).toMatch(/^acme_/);
    await page.context().close();
  });

  test("changes their mind, and is back at the button", async () => {
    const page = await mounted();
    for (const leave of ["Escape", "Cancel"]) {
      await button(page, "Create a key").click();
      await page.keyboard.type("never mind");
      if (leave === "Escape") await page.keyboard.press("Escape");
      else await button(page, leave).click();
      await expect.poll(() => focused(page)).toBe("Create a key");
    }
    // A new name for an old key leaves the form, too.
    await button(page, "Create a key").click();
    await button(page, "Rename Nightly export").click();
    await expect.poll(() => field(page).count()).toBe(1);
    expect(await focused(page)).toBe("Rename Nightly export");
    expect(await calls(page)).toEqual([]);
    await page.context().close();
  });

  test("signs in again where that is asked for, and what was written is sent then", async () => {
    const page = await mounted();
    await page.evaluate(() => {
      fake.answers.create = "fresh";
      document.addEventListener("rollcall-reauthenticate", (event) => {
        event.preventDefault();
        fake.answers.create = "ok";
        event.detail.retry();
      });
    });
    await button(page, "Create a key").click();
    await page.keyboard.type("Deploy\n");
    await button(page, "Sign in").click();
    await expect.poll(() => field(page).inputValue()).toMatch(/^acme_/);
    expect(await events(page)).toMatchObject([
      { type: "rollcall-error", detail: { action: "create-key", problem: "reauthenticate" } },
      {
        type: "rollcall-reauthenticate",
        detail: { action: "create-key", required: { maxAge: 600 } },
      },
      { type: "rollcall-key-created" },
    ]);
    await page.context().close();
  });

  test("is told when it did not work, and keeps what was written", async () => {
    const page = await mounted();
    await page.evaluate(() => {
      fake.answers.create = "throttled";
    });
    await button(page, "Create a key").click();
    await page.keyboard.type("Deploy\n");
    await expect.poll(() => page.getByRole("alert").innerText()).toContain("Too many attempts.");
    expect(await field(page).inputValue()).toBe("Deploy");
    await page.context().close();
  });

  test("revokes one with two clicks", async () => {
    const page = await mounted();
    await button(page, "Revoke Nightly export").click();
    await button(page.getByRole("dialog", { name: "Revoke Nightly export?" }), "Revoke").click();
    await page.getByText("You have no API keys.").waitFor();
    expect(await status(page)).toBe("Nightly export was revoked.");
    expect(await focused(page)).toBe("Create a key");
    await page.context().close();
  });

  test("sees the beginning of a long key, by which it is known", async () => {
    const page = await stage.open(
      {},
      { style: "rollcall-api-keys::part(key) { flex: none; width: 3rem; min-width: 0 }" },
    );
    await page.evaluate(() => mountKeys());
    await button(page, "Create a key").click();
    await page.keyboard.type("Deploy\n");
    const key = page.locator("[part=key]");
    await key.waitFor();
    expect(
      await key.evaluate((one) => [one.scrollLeft, one.scrollWidth > one.clientWidth]),
    ).toEqual([0, true]);
    await page.context().close();
  });

  test("is at the next one when one of several is gone", async () => {
    const page = await stage.open();
    await page.evaluate(() => {
      const keys = ["one", "two", "three"].map((id) => sampleApiKey(id, { name: id }));
      mountKeys({}, keys);
    });
    await page.locator("li").nth(2).waitFor();
    await button(page, "Revoke two").click();
    await button(page.getByRole("dialog"), "Revoke").click();
    await expect.poll(() => names(page)).toEqual(["one", "three"]);
    const inRow = () =>
      page.locator("rollcall-api-keys").evaluate((one) => {
        const active = one.shadowRoot?.activeElement;
        return active?.closest("[data-id]")?.getAttribute("data-id");
      });
    await expect.poll(inRow).toBe("three");
    await page.context().close();
  });

  test("sees when one was used, and nothing of it where it never was", async () => {
    const page = await stage.open();
    await page.evaluate(() => {
      const createdAt = new Date(Date.now() - 600_000);
      mountKeys({}, [
        sampleApiKey("used", { createdAt, lastUsedAt: new Date() }),
        sampleApiKey("new", { createdAt, lastUsedAt: createdAt }),
      ]);
    });
    await page.locator("li").nth(1).waitFor();
    expect(await page.locator('[data-id="used"]').innerText()).toContain("Active now");
    expect(await page.locator('[data-id="new"]').innerText()).not.toContain("Active");
    await page.context().close();
  });

  test("reads it in their language, and in the page's words", async () => {
    const page = await mounted({ scopes: "orders:read" }, "de");
    await page.evaluate(() =>
      addLanguage("de", {
        labels: { "orders:read": "Bestellungen ansehen" },
        keys: { confirm: "Los" },
      }),
    );
    await button(page, "Schlüssel erstellen").click();
    // One scope alone is chosen already.
    expect(await page.getByLabel("Bestellungen ansehen").isChecked()).toBe(true);
    await button(page, "Los").waitFor();
    expect(await page.getByLabel("Gültig").locator("option").allInnerTexts()).toEqual([
      "7 Tage",
      "30 Tage",
      "90 Tage",
      "365 Tage",
      "Ohne Ende",
    ]);
    await page.context().close();
  });
});
