import { describe, expect, test } from "vitest";
import { browserAvailable } from "../../packages/rollcall/test/support/browser.js";
import { dataFolder, startDemo } from "../../packages/rollcall/test/support/demo.js";
import { ADA, signIn, usePeople } from "./people.js";

describe.skipIf(!browserAvailable)("staying signed in", () => {
  const people = usePeople();

  test.each([
    [true, "Stays signed in"],
    [false, "Until the browser closes"],
  ] as const)("is a kind of session, which the list names: %s", async (isRemembered, label) => {
    const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
    const page = await people.open(demo);
    await page.getByLabel("Stay signed in").setChecked(isRemembered);
    await signIn(page, ADA);
    expect(await page.locator("[part=label]").allInnerTexts()).toEqual([label]);
    // The cookie of the device stays, whoever signs out.
    const cookies = (await page.context().cookies()).filter(({ name }) => !/device/.test(name));
    // A browser forgets what has no end when it is closed.
    const kept = cookies.filter(({ expires }) => expires !== -1);
    expect(kept).toHaveLength(isRemembered ? cookies.length : 0);
    expect(cookies.length).toBeGreaterThan(1);
    await page.context().close();
  });

  test("makes no difference to programs, which keep their tokens themselves", async () => {
    const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
    const body = { email: ADA, password: "correct horse battery staple" };
    const { json } = await demo.call("POST", "/auth/login", { body });
    const token = json.tokens.accessToken.token;
    const { json: list } = await demo.call("GET", "/account/sessions", { token });
    expect(list.sessions.map(({ kind }: { kind: string | null }) => kind)).toEqual([null]);
  });
});
