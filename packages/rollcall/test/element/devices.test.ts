import type { Page } from "playwright-core";
import type { ListedSession } from "rollcall/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { button, calls, lines } from "./hands.js";
import { sampleActor, sampleKey, sampleSession } from "./sample-sessions.js";
import { openStage, type Stage } from "./stage.js";

const HERE = sampleSession("here", { current: true, deviceId: "laptop" });

let stage: Stage;
describe.skipIf(!browserAvailable)("the list of <rollcall-sessions>", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const mounted = async (sessions: readonly ListedSession[], lang = "en"): Promise<Page> => {
    const page = await stage.open({}, { lang });
    await page.evaluate((text) => {
      const dated = (name: string, value: unknown): unknown =>
        name.endsWith("At") && typeof value === "string" ? new Date(value) : value;
      mount({}, JSON.parse(text, dated));
    }, JSON.stringify(sessions));
    await page.locator("li").first().waitFor();
    return page;
  };
  /** The rows under a heading. */
  const rows = (page: Page, heading: string): Promise<readonly (string | null)[]> =>
    page
      .getByRole("list", { name: heading })
      .getByRole("listitem")
      .evaluateAll((all) => all.map((one) => one.getAttribute("data-id")));

  test("has what is on one device together, and says so", async () => {
    const page = await mounted([
      sampleSession("app", { deviceId: "phone", kind: "mobile" }),
      sampleSession("other"),
      HERE,
      sampleSession("web", { deviceId: "phone" }),
      sampleSession("terminal", { deviceId: "laptop" }),
      sampleSession("another"),
    ]);
    expect(await rows(page, "This device")).toEqual(["here", "terminal"]);
    expect(await rows(page, "Other devices")).toEqual(["app", "web", "other", "another"]);
    for (const [id, isTwin] of [
      ["here", false],
      ["terminal", true],
      ["app", false],
      ["web", true],
      ["other", false],
      ["another", false],
    ] as const) {
      expect([id, (await lines(page, id)).includes("Same device")]).toEqual([id, isTwin]);
      const icon = page.locator(`[data-id="${id}"] .icon`);
      expect([id, await icon.isVisible()]).toEqual([id, !isTwin]);
    }
    await page.context().close();
  });

  test("lets this device end its other sessions, when there is no other device", async () => {
    const page = await mounted([HERE, sampleSession("terminal", { deviceId: "laptop" })]);
    expect(await page.getByText("You’re not signed in anywhere else.").count()).toBe(1);
    await button(page, "Sign out all others").click();
    await button(page.getByRole("dialog"), "Sign out all others").click();
    await expect.poll(() => rows(page, "This device")).toEqual(["here"]);
    expect(await button(page, "Sign out all others").count()).toBe(0);
    await page.context().close();
  });

  test("names kind and level in the page's words, else in the application's", async () => {
    const page = await mounted([
      { ...HERE, kind: "web", level: "aal2" },
      sampleSession("app", { kind: "mobile" }),
      sampleSession("plain"),
    ]);
    const labels = (id: string): Promise<readonly string[]> =>
      page.locator(`[data-id="${id}"] [part=label]`).allInnerTexts();
    expect(await labels("here")).toEqual(["web", "aal2"]);
    expect(await labels("plain")).toEqual([]);
    await page.evaluate(() =>
      addLanguage("en", { labels: { web: "", aal2: "Two factors", mobile: "Mobile app" } }),
    );
    await expect.poll(() => labels("here")).toEqual(["Two factors"]);
    expect(await labels("app")).toEqual(["Mobile app"]);
    await page.context().close();
  });

  test("marks a session in which staff act as the person", async () => {
    const page = await mounted([HERE, sampleSession("support", { actor: sampleActor() })]);
    expect(await lines(page, "support")).toContain("Used by an administrator");
    expect(await lines(page, "here")).not.toContain("Used by an administrator");
    await page.context().close();
  });

  test("has API keys apart, which are made and revoked, not signed in and out", async () => {
    const page = await mounted([
      HERE,
      sampleKey("export", { deviceId: "laptop" }),
      sampleSession("other"),
      sampleKey("backup", { name: "Backup", expiresAt: new Date(8.64e15) }),
    ]);
    expect(await rows(page, "This device")).toEqual(["here"]);
    expect(await rows(page, "Other devices")).toEqual(["other"]);
    expect(await rows(page, "API keys")).toEqual(["export", "backup"]);
    const said = await lines(page, "export");
    expect(said.slice(0, 2)).toEqual(["Nightly export", "orders:read"]);
    expect(said.join(" ")).toMatch(/Created .* Expires in 28 days/);
    // One without an end says nothing of an end.
    expect((await lines(page, "backup")).join()).not.toContain("Expires");
    await button(page, "Revoke Backup").click();
    const dialog = page.getByRole("dialog", { name: "Revoke Backup?" });
    expect(await dialog.innerText()).toContain("It stops working at once");
    await button(dialog, "Revoke").click();
    await expect.poll(() => rows(page, "API keys")).toEqual(["export"]);
    expect(await page.getByRole("status").innerText()).toBe("Backup was revoked.");
    expect(await calls(page)).toEqual(["revoke backup"]);
    // What goes elsewhere is told in the same words, and a new key is no sign-in.
    await page.evaluate(() => {
      const others = fake.sessionsNow.filter(({ id }) => id !== "export");
      fake.sessionsNow = [sampleApiKey("new", { createdAt: new Date() }), ...others];
      fake.changed();
    });
    await expect
      .poll(() => page.getByRole("status").innerText())
      .toBe("Nightly export was revoked.");
    await page.context().close();
  });

  test("says that API keys go too, before all others are ended", async () => {
    const others = [HERE, sampleSession("other")];
    for (const [sessions, isSaid] of [
      [others, false],
      [[...others, sampleKey("export")], true],
    ] as const) {
      const page = await mounted(sessions);
      for (const name of ["Sign out all others", "Sign out everywhere"]) {
        await button(page, name).click();
        const text = await page.getByRole("dialog").innerText();
        expect(text.includes("API keys stop working, too.")).toBe(isSaid);
        await button(page, "Cancel").click();
      }
      await page.context().close();
    }
  });

  test("tells the page what a fresh sign-in has to be like, and goes on after it", async () => {
    const page = await mounted([HERE, sampleSession("other")]);
    await page.evaluate(() => {
      fake.answers.revoke = "fresh";
      document.addEventListener("rollcall-reauthenticate", (event) => {
        event.preventDefault();
        fake.answers.revoke = "ok";
        if (event.detail.required?.maxAge === 600) event.detail.retry();
      });
    });
    await button(page, "Sign out all others").click();
    await button(page.getByRole("dialog"), "Sign out all others").click();
    await button(page.getByRole("dialog"), "Sign in").click();
    await expect.poll(() => page.getByRole("listitem").count()).toBe(1);
    expect(await calls(page)).toEqual(["revokeOthers", "revokeOthers"]);
    await page.context().close();
  });

  test("says it where a sign-in may not do something", async () => {
    const page = await mounted([HERE, sampleSession("other")]);
    await page.evaluate(() => {
      fake.answers.revoke = "refused";
    });
    await button(page, "Sign out Firefox on Windows").last().click();
    const dialog = page.getByRole("dialog");
    await button(dialog, "Sign out").click();
    await expect
      .poll(() => dialog.getByRole("alert").innerText())
      .toBe("This sign-in isn’t allowed to do that.");
    await page.context().close();
  });
});
