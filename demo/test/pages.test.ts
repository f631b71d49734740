import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable, openBrowser } from "../../packages/rollcall/test/support/browser.js";
import {
  type Demo,
  dataFolder,
  PASSWORD,
  startDemo,
} from "../../packages/rollcall/test/support/demo.js";
import { whenSent, whenShown } from "../../packages/rollcall/test/support/page-clock.js";

const HEDY = "hedy@example.com";
const ADA = "ada@example.com";
const STAFF = "margaret@example.com";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
const ANDROID =
  "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36";

let browser: Browser;
describe.skipIf(!browserAvailable)("the demo's pages", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  const start = async (): Promise<Demo> => startDemo({ ROLLCALL_DATA: await dataFolder() });
  const open = async (demo: Demo, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await (await browser.newContext({ userAgent: FIREFOX, ...options })).newPage();
    page.on("pageerror", (error) => {
      throw error;
    });
    await page.goto(demo.url);
    return page;
  };
  const signIn = async (page: Page, email: string): Promise<void> => {
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("listitem").first().waitFor();
  };
  const names = (page: Page): Promise<readonly string[]> => page.locator(".name").allInnerTexts();

  test("a person signs in, sees a living list, and ends one with two clicks", async () => {
    const demo = await start();
    const page = await open(demo);
    await signIn(page, HEDY);
    const before = await names(page);
    expect(before.slice(0, 3)).toEqual(["Firefox on Linux", "Safari on iOS", "Work laptop"]);
    expect(before).toContain("Living room TV");
    await page.getByRole("button", { name: "Sign out Kitchen iPad" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await expect.poll(() => names(page)).toEqual(before.filter((name) => name !== "Kitchen iPad"));
    await page.context().close();
  });

  test("a device that another ends is at the sign-in within a second, reads why, and comes back", async () => {
    const demo = await start();
    const laptop = await open(demo);
    const phone = await open(demo, { userAgent: ANDROID });
    await signIn(laptop, ADA);
    await signIn(phone, ADA);
    await phone.getByRole("button", { name: "Sign out Firefox on Linux" }).click();
    const [seen, sent] = [whenShown(laptop, "#status"), whenSent(phone)];
    await phone.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    expect((await seen) - (await sent)).toBeLessThan(1000);
    expect(await laptop.locator("#status").innerText()).toBe(
      "You’re signed out. Signed out from Chrome on Android.",
    );
    expect(await laptop.getByRole("heading", { name: "Sign in" }).isVisible()).toBe(true);
    expect(await laptop.getByLabel("Email").evaluate((field) => field.matches(":focus"))).toBe(
      true,
    );
    expect(await laptop.getByLabel("Password").inputValue()).toBe("");
    expect(await laptop.locator("rollcall-sessions").isVisible()).toBe(false);

    await signIn(laptop, ADA);
    await expect.poll(() => names(laptop)).toEqual(["Firefox on Linux", "Chrome on Android"]);
    expect(await laptop.locator("#sign-in").isVisible()).toBe(false);
    expect(await laptop.locator("#status").innerText()).toBe("");
    await expect.poll(() => names(phone)).toEqual(["Chrome on Android", "Firefox on Linux"]);
    await laptop.context().close();
    await phone.context().close();
  });

  test("whoever ends everything is at the sign-in too", async () => {
    const demo = await start();
    const page = await open(demo);
    await signIn(page, HEDY);
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByLabel("Email").waitFor();
    await signIn(page, HEDY);
    await expect.poll(() => names(page)).toEqual(["Firefox on Linux"]);
    await page.context().close();
  });

  test("staff end a session of somebody's, who reads that", async () => {
    const demo = await start();
    const ada = await open(demo, { userAgent: ANDROID });
    await signIn(ada, ADA);
    const staff = await open(demo);
    await signIn(staff, STAFF);
    await staff.getByRole("link", { name: "Everybody’s sessions" }).click();
    await staff.getByRole("heading", { name: `Where ${HEDY} is signed in` }).waitFor();
    await expect.poll(() => staff.getByRole("listitem").count()).toBe(7);
    await staff.getByLabel("User").selectOption({ label: ADA });
    await staff.getByRole("heading", { name: `Where ${ADA} is signed in` }).waitFor();
    await staff.getByRole("button", { name: "Sign out Chrome on Android" }).click();
    await staff.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await staff.getByText("Not signed in anywhere.").waitFor();
    await expect
      .poll(() => ada.locator("#status").innerText())
      .toBe("You’re signed out. An administrator signed this device out.");
    await ada.context().close();

    // Their own they can end as well, and have a way back in.
    await staff.getByLabel("User").selectOption({ label: STAFF });
    await staff.getByRole("button", { name: "Sign out Firefox on Linux" }).click();
    await staff.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await staff.getByRole("link", { name: "Sign in" }).click();
    await staff.getByLabel("Email").waitFor();
    await staff.context().close();
  });

  test("the staff's page is closed to all others", async () => {
    const demo = await start();
    const page = await open(demo);
    await signIn(page, ADA);
    await page.goto(`${demo.url}/admin`);
    await page.getByText("This page is for staff").waitFor();
    expect(await page.locator("rollcall-sessions").count()).toBe(0);
    await page.context().close();
  });
});
