import { describe, expect, test } from "vitest";
import { browserAvailable } from "../../packages/rollcall/test/support/browser.js";
import { dataFolder, startDemo } from "../../packages/rollcall/test/support/demo.js";
import { ADA, signIn, usePeople } from "./people.js";

describe.skipIf(!browserAvailable)("an API key", () => {
  const people = usePeople();

  test("is made and shown once, does what it may, and nothing any more once it is revoked", async () => {
    const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
    const page = await people.open(demo);
    await signIn(page, ADA);
    const keys = page.locator("rollcall-api-keys");
    await keys.getByRole("button", { name: "Create a key" }).click();
    await page.keyboard.type("Nightly export");
    await keys.getByLabel("Read articles").check();
    await page.keyboard.press("Enter");
    const token = await keys.getByRole("textbox", { name: "Nightly export" }).inputValue();
    expect(token).toMatch(/^rollcalldemo_\w+$/);
    await keys.getByRole("button", { name: "Done" }).click();
    expect(await page.content()).not.toContain(token);

    const call = async (method: string, path: string): Promise<number> =>
      (await demo.call(method, path, { token })).status;
    expect(await call("GET", "/articles")).toBe(200);
    expect(await call("POST", "/articles")).toBe(403);
    expect(await call("GET", "/me")).toBe(403);
    expect(await call("DELETE", "/account/sessions")).toBe(403);

    // The list of sessions has it too, and leaves it to the other element to show.
    const listed = page.locator("rollcall-sessions [part=keys]").getByText("Nightly export");
    await listed.waitFor({ state: "attached" });
    expect(await listed.isVisible()).toBe(false);
    await keys.getByRole("button", { name: "Revoke Nightly export" }).click();
    await keys.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await keys.getByText("You have no API keys.").waitFor();
    expect(await call("GET", "/articles")).toBe(401);
    await listed.waitFor({ state: "detached" });
    await page.context().close();
  });
});
