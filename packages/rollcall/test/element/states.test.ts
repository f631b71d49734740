import type { Page } from "playwright-core";
import type { SignedOut } from "rollcall/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import type { Answer } from "./fake-client.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("<rollcall-sessions>", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const listAnswers = (page: Page, answer: Answer): Promise<void> =>
    page.evaluate((how) => {
      fake.answers.list = how;
    }, answer);
  const mountedWith = async (answer: Answer): Promise<Page> => {
    const page = await stage.open();
    // It asks again by itself after a while, and here that is never over: who asks is the test.
    await page.clock.install();
    await page.clock.pauseAt(new Date("2035-03-20T12:00:00Z"));
    await listAnswers(page, answer);
    await page.evaluate(() => mount());
    return page;
  };

  test("is a skeleton that says it is loading, until the list is there", async () => {
    const page = await mountedWith("hang");
    const region = page.getByRole("region", { name: "Where you’re signed in" });
    await expect.poll(() => region.getAttribute("aria-busy")).toBe("true");
    expect(await page.locator("[part=skeleton]").getAttribute("aria-hidden")).toBe("true");
    expect(await page.getByRole("status").innerText()).toBe("Loading…");
    await page.evaluate(() => fake.release());
    await expect.poll(() => page.locator("li").count()).toBe(5);
    expect(await region.getAttribute("aria-busy")).toBe("false");
    expect(await page.locator("[part=skeleton]").count()).toBe(0);
    await page.context().close();
  });

  test("has the last seen list while the server is away, and its own way back", async () => {
    const page = await stage.open();
    await page.evaluate(() => mount());
    await page.locator("li").first().waitFor();
    await listAnswers(page, "offline");
    await page.evaluate(() => fake.changed());
    const alert = page.getByRole("alert");
    await expect
      .poll(() => alert.innerText())
      .toMatch(/^The server can’t be reached\.\s+This is how it was on [A-Z][a-z]{2} \d/);
    expect(await page.locator("li").count()).toBe(5);

    // What the browser knows about the line is said, and its return is used at once.
    await page.context().setOffline(true);
    await expect.poll(() => alert.innerText()).toContain("You’re offline.");
    await listAnswers(page, "ok");
    await page.context().setOffline(false);
    await expect.poll(() => alert.count()).toBe(0);
    await page.context().close();
  });

  test("says at once that the line is gone, before the stream has noticed", async () => {
    const page = await mountedWith("ok");
    await page.locator("li").first().waitFor();
    await listAnswers(page, "offline");
    await page.context().setOffline(true);
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.innerText()).toMatch(/^You’re offline\.\s+This is how it was/);
    expect(await page.locator("li").count()).toBe(5);
    await page.context().close();
  });

  test("says that it could not load, and tries again when asked", async () => {
    const page = await mountedWith("broken");
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.innerText()).toContain("The list couldn’t be loaded.");
    expect(await page.evaluate(() => JSON.parse(JSON.stringify(happened)))).toEqual([
      { type: "rollcall-error", detail: { action: "list", problem: "failed" } },
    ]);
    await listAnswers(page, "ok");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => page.locator("li").count()).toBe(5);
    // The button that was pressed is gone; the focus is not lost.
    expect(
      await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent),
    ).toContain("Other devices");
    await page.context().close();
  });

  test("shows that it tries again, and does so once", async () => {
    const page = await mountedWith("ok");
    await page.locator("li").first().waitFor();
    await listAnswers(page, "broken");
    await page.evaluate(() => fake.changed());
    const retry = page.locator("[part~=retry-button]");
    await retry.waitFor();
    await listAnswers(page, "hang");
    await retry.dblclick();
    await expect.poll(() => retry.innerText()).toBe("Loading…");
    expect(await retry.getAttribute("aria-disabled")).toBe("true");
    expect(await page.getByRole("status").innerText()).toBe("Loading…");
    expect(await page.evaluate(() => fake.calls.length)).toBe(3);
    await listAnswers(page, "ok");
    await page.evaluate(() => fake.release());
    await expect.poll(() => page.getByRole("alert").count()).toBe(0);
    await page.context().close();
  });

  test("wants a fresh sign-in for the list, and goes on after it", async () => {
    const page = await mountedWith("fresh");
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.innerText()).toContain("Confirm that it’s you");
    await page.evaluate(() => {
      document.addEventListener("rollcall-reauthenticate", (event) => {
        event.preventDefault();
        fake.answers.list = "ok";
        event.detail.retry();
      });
    });
    await alert.getByRole("button", { name: "Sign in" }).click();
    await expect.poll(() => page.locator("li").count()).toBe(5);
    await page.context().close();
  });

  test("wants a fresh sign-in for an action, and does it after that", async () => {
    const page = await mountedWith("ok");
    await page.evaluate(() => {
      fake.answers.revoke = "fresh";
      fake.answers.rename = "fresh";
      document.addEventListener("rollcall-reauthenticate", (event) => {
        event.preventDefault();
        fake.answers.revoke = "ok";
        fake.answers.rename = "ok";
        event.detail.retry();
      });
    });
    await page.getByRole("button", { name: "Rename curl" }).click();
    await page.keyboard.type("Backup");
    await page.keyboard.press("Enter");
    await page.locator("form").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Rename Backup" }).waitFor();
    await page.evaluate(() => {
      fake.answers.revoke = "fresh";
    });
    await page.getByRole("button", { name: "Sign out Backup" }).click();
    await page.locator("[part~=confirm-button]").click();
    const dialog = page.getByRole("dialog", { name: "Confirm that it’s you" });
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await expect.poll(() => page.locator("li").count()).toBe(4);
    const asked = await page.evaluate(
      () => happened.filter(({ type }) => type === "rollcall-reauthenticate").length,
    );
    expect(asked).toBe(2);
    await page.context().close();
  });

  test("takes a person to sign-in for that, where the page says where it is", async () => {
    const page = await stage.open();
    await listAnswers(page, "fresh");
    await page.evaluate(() => mount({ "sign-in-url": "?signed=in" }));
    await page.getByRole("alert").getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/signed=in/);
    await page.context().close();
  });

  test.each<readonly [SignedOut, string]>([
    [
      { reason: "revoked", by: { kind: "user", device: "Chrome on Android" } },
      "Signed out from Chrome on Android.",
    ],
    [
      { reason: "locked", by: { kind: "admin", device: null } },
      "An administrator signed this device out.",
    ],
    [{ reason: "expired", by: { kind: "system", device: null } }, "This sign-in has expired."],
    [
      { reason: "refresh_token_reuse", by: { kind: "system", device: null } },
      "This sign-in was ended because someone else may have used it.",
    ],
    [
      { reason: "evicted", by: { kind: "system", device: null } },
      "A newer sign-in replaced this one.",
    ],
    [{ reason: "revoked", by: { kind: "user", device: null } }, "Signed out from Unknown device."],
    // Maybe in another tab of this one.
    [{ reason: "revoke_all", by: { kind: "user", device: null } }, ""],
    [{ reason: "revoke_others", by: { kind: "user", device: "Attic" } }, "Signed out from Attic."],
    [{ reason: "user_gone", by: { kind: "system", device: null } }, ""],
    [{ reason: "unknown", by: null }, ""],
  ])("shows at once that one was signed out, and why: %j", async (how, message) => {
    const page = await mountedWith("ok");
    await page.getByRole("button", { name: "Sign out curl" }).click();
    await page.evaluate((given) => fake.end(given), how);
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.locator("strong").innerText()).toBe("You’re signed out");
    expect((await alert.locator("p").innerText()).trim()).toBe(message);
    expect(await page.locator("li, dialog[open]").count()).toBe(0);
    expect(await page.evaluate(() => happened[0])).toEqual({
      type: "rollcall-signed-out",
      detail: { ...how, here: false, message },
    });
    await alert.getByRole("button", { name: "Sign in" }).click();
    expect(await page.evaluate(() => happened.at(-1)?.type)).toBe("rollcall-sign-in");

    // The page signs the person in again, and the element starts anew.
    await page.evaluate(() => document.querySelector("rollcall-sessions")?.reload());
    await expect.poll(() => page.locator("li").count()).toBe(5);
    await page.context().close();
  });

  test("has a link to sign-in once signed out, which the page may take over", async () => {
    const page = await stage.open();
    await page.evaluate(() => mount({ "sign-in-url": "?signed=in" }));
    await page.locator("li").first().waitFor();
    await page.evaluate(() => fake.end({ reason: "revoked", by: null }));
    const link = page.getByRole("link", { name: "Sign in" });
    await page.evaluate(() =>
      document.addEventListener("rollcall-sign-in", (event) => event.preventDefault(), {
        once: true,
      }),
    );
    await link.click();
    expect(page.url()).not.toContain("signed=in");
    await link.click();
    await page.waitForURL(/signed=in/);
    await page.context().close();
  });

  test("is signed out when a credential is refused", async () => {
    const page = await mountedWith("forbidden");
    await expect.poll(() => page.getByText("You’re signed out").count()).toBe(1);
    await page.context().close();
  });

  test("leaves nothing behind when it is removed, and starts anew elsewhere", async () => {
    const page = await mountedWith("ok");
    await page.locator("li").first().waitFor();
    const followers = await page.evaluate(() => {
      const element = document.querySelector("rollcall-sessions");
      element?.remove();
      const { changes, ends } = fake.followers;
      if (element) document.body.append(element);
      return { changes, ends };
    });
    expect(followers).toEqual({ changes: 0, ends: 0 });
    await expect.poll(() => page.locator("li").count()).toBe(5);
    expect(await page.evaluate(() => ({ ...fake.followers }))).toEqual({ changes: 1, ends: 1 });
    // The client is the page's: it is not closed.
    expect(await page.evaluate(() => fake.closed)).toBe(false);
    await page.context().close();
  });
});
