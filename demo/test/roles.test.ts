import { describe, expect, test } from "vitest";
import { browserAvailable } from "../../packages/rollcall/test/support/browser.js";
import {
  databases,
  dataFolder,
  signIn as signInByCall,
  startDemo,
} from "../../packages/rollcall/test/support/demo.js";
import { ADA, STAFF, signIn, usePeople } from "./people.js";

describe.skipIf(!browserAvailable)("a role that changes under a signed-in page", () => {
  const people = usePeople();

  test("lets a person publish, and no more, without a new sign-in", async () => {
    const demo = await startDemo({ ROLLCALL_DATA: await dataFolder() });
    const ada = await people.open(demo);
    await signIn(ada, ADA);
    const publish = ada.getByRole("button", { name: "Publish" });
    await ada.getByText("You are a reader.").waitFor();
    expect(await publish.isVisible()).toBe(false);

    const staff = await people.open(demo);
    await signIn(staff, STAFF);
    await staff.goto(`${demo.url}/admin`);
    await staff.getByLabel("User").selectOption({ label: ADA });
    await staff.getByLabel("Role").selectOption("editor");
    await publish.click();
    await ada.getByText("Published.").waitFor();

    await staff.getByLabel("Role").selectOption("reader");
    await staff.getByText("The role is now “reader”").waitFor();
    // At once, whatever the page shows by now.
    const status = await ada.evaluate(
      async () => (await fetch("/articles", { method: "POST" })).status,
    );
    expect(status).toBe(403);
    await ada.getByText("You are a reader.").waitFor();
    expect(await publish.isVisible()).toBe(false);
    // Nobody was signed out.
    expect(await ada.getByRole("listitem").count()).toBe(1);
    await ada.context().close();
    await staff.context().close();
  });
});

for (const { name, available, environment } of databases) {
  test.skipIf(!available)(
    `a token with the former role is refused at once, on ${name}`,
    async () => {
      const demo = await startDemo(await environment());
      const ada = await signInByCall(demo, ADA);
      const { access: token } = await signInByCall(demo, STAFF);
      const { json } = await demo.call("GET", "/me", { token: ada.access });
      const set = async (role: unknown): Promise<number> => {
        const path = `/admin/users/${json.user.id}/role`;
        return (await demo.call("PUT", path, { token, body: { role } })).status;
      };
      expect(await set("king")).toBe(400);
      expect((await demo.call("GET", "/me", { token: ada.access })).json.role).toBe("reader");
      expect(await set("editor")).toBe(200);
      expect((await demo.call("GET", "/me", { token: ada.access })).status).toBe(401);
      const body = { refreshToken: ada.refresh };
      const fresh = await demo.call("POST", "/auth/refresh", { body });
      const access = fresh.json.tokens.accessToken.token;
      expect((await demo.call("POST", "/articles", { token: access })).status).toBe(201);
    },
  );
}
