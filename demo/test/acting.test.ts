import { describe, expect, test } from "vitest";
import { browserAvailable } from "../../packages/rollcall/test/support/browser.js";
import { dataFolder, startDemo } from "../../packages/rollcall/test/support/demo.js";
import { ADA, STAFF, signIn, usePeople } from "./people.js";

describe.skipIf(!browserAvailable)("staff who act as a user", () => {
  const people = usePeople();

  test("see the user's page, may not throw the user out, and are themselves again", async () => {
    const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
    const ada = await people.open(demo, { userAgent: "curl/8.14.1" });
    await signIn(ada, ADA);
    const staff = await people.open(demo);
    await signIn(staff, STAFF);
    await staff.goto(`${demo.url}/admin`);
    await staff.getByLabel("User").selectOption({ label: ADA });
    await staff.getByRole("button", { name: "Act as this user" }).click();
    await staff.getByText(`${STAFF} acts as ${ADA}.`).waitFor();
    await staff.getByRole("listitem").nth(1).waitFor();

    // The user sees that, at once.
    await ada.getByText("Used by an administrator").waitFor();
    expect(await ada.getByRole("listitem").count()).toBe(2);

    await staff.getByRole("button", { name: "Sign out curl" }).click();
    const dialog = staff.getByRole("dialog");
    await dialog.getByRole("button", { name: "Sign out" }).click();
    await dialog.getByText("This sign-in isn’t allowed to do that.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    // Nor is the staff's page open to the user they act as.
    expect(await staff.evaluate(async () => (await fetch("/admin/users")).status)).toBe(403);
    // Nor may they try passwords of the user.
    const guess = await staff.evaluate(async () => {
      const headers = { "Content-Type": "application/json" };
      const init = { method: "POST", headers, body: '{"password":"a guess"}' };
      return (await fetch("/auth/step-up", init)).status;
    });
    expect(guess).toBe(403);

    await staff.getByRole("button", { name: "Back to yourself" }).click();
    await staff.getByRole("heading", { name: /^Where .* is signed in$/ }).waitFor();
    await staff.goto(demo.url);
    await staff.getByText(STAFF, { exact: true }).waitFor();
    expect(await staff.locator("#acting").isVisible()).toBe(false);
    await expect.poll(() => ada.getByRole("listitem").count()).toBe(1);
    await ada.context().close();
    await staff.context().close();
  });
});
