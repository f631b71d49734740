import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { browserAvailable } from "../../packages/rollcall/test/support/browser.js";
import { dataFolder, PASSWORD, startDemo } from "../../packages/rollcall/test/support/demo.js";
import { ADA, signIn, usePeople } from "./people.js";

const preload = fileURLToPath(new URL("jump-clock.mjs", import.meta.url));

describe.skipIf(!browserAvailable)("a sign-in of a while ago", () => {
  const people = usePeople();

  test("ends others after the password is given again, and only then", async () => {
    const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() }, { preload });
    const phone = await people.open(demo, { userAgent: "curl/8.14.1" });
    await signIn(phone, ADA);
    const laptop = await people.open(demo);
    await signIn(laptop, ADA);
    await laptop.getByRole("listitem").nth(1).waitFor();
    demo.process.kill("SIGUSR2");
    // The clock of the server jumps as soon as it hears of it.
    const refusal = (): Promise<number> =>
      laptop.evaluate(async () => {
        const headers = { "Content-Type": "application/json" };
        const init = { method: "PATCH", headers, body: '{"name":null}' };
        return (await fetch("/account/sessions/none", init)).status;
      });
    await expect.poll(refusal).toBe(403);
    await laptop.getByRole("button", { name: "Sign out curl" }).click();
    const question = laptop.getByRole("dialog");
    await question.getByRole("button", { name: "Sign out" }).click();
    await laptop
      .getByRole("dialog", { name: "Confirm that it’s you" })
      .getByRole("button", { name: "Sign in" })
      .click();
    const proof = laptop.getByRole("dialog", { name: "Is it you?" });
    await proof.getByLabel("Password").fill("wrong");
    await proof.getByLabel("Password").press("Enter");
    await proof.getByText("Wrong password.").waitFor();
    await proof.getByLabel("Password").fill(PASSWORD);
    await proof.getByRole("button", { name: "Go on" }).click();
    await expect.poll(() => laptop.getByRole("listitem").count()).toBe(1);
    await phone.getByText("You’re signed out.").waitFor();
    expect(await proof.isVisible()).toBe(false);
    await laptop.context().close();
    await phone.context().close();
  });
});
