import { describe, expect, test } from "vitest";
import { browserAvailable } from "../../packages/rollcall/test/support/browser.js";
import { dataFolder, startDemo } from "../../packages/rollcall/test/support/demo.js";
import { ADA, signIn, usePeople } from "./people.js";

describe.skipIf(!browserAvailable)("a sign-in on a new device", () => {
  const people = usePeople();

  test("is told by mail, with a link that signs it out for whoever opens and presses it", async () => {
    const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
    const mails = (): readonly string[] => demo.output().match(/Mail to \S+/g) ?? [];
    const ada = await people.open(demo);
    await signIn(ada, ADA);
    // A person's first device is no news, nor is one that they come back on.
    const reloaded = ada.waitForEvent("load");
    await ada.locator("#sign-out").click();
    await reloaded;
    await signIn(ada, ADA);
    const thief = await people.open(demo, { userAgent: "curl/8.14.1" });
    await signIn(thief, ADA);
    await expect.poll(mails).toEqual([`Mail to ${ADA}:`]);
    expect(demo.output()).toContain("curl on an unknown system");

    const [link = ""] = /http:\S+disavow\S+/.exec(demo.output()) ?? [];
    // Nobody has to be signed in for it, and scanners may open it.
    const mail = await people.open(demo);
    await mail.goto(link);
    await mail.getByRole("button").waitFor();
    await expect.poll(() => ada.getByRole("listitem").count()).toBe(2);
    await mail.getByRole("button").click();
    await thief.getByText("You’re signed out.").waitFor();
    await expect.poll(() => ada.getByRole("listitem").count()).toBe(1);
    expect(await ada.locator("#sign-in").isVisible()).toBe(false);
    for (const page of [ada, thief, mail]) await page.context().close();
  });
});
