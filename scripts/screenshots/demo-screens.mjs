import { HEDY, STAFF, signInAndSee } from "./demo.mjs";

const PAGE = { of: "page" };

/** The demo's pages, as wide as a window. */
export const demoScreens = {
  "sign-in": { ...PAGE, looks: { viewport: { width: 860, height: 640 } }, act: async () => {} },
  account: { ...PAGE, act: ({ page }) => signInAndSee(page) },
  "account-dark": {
    ...PAGE,
    looks: { colorScheme: "dark" },
    act: ({ page }) => signInAndSee(page),
  },
  admin: {
    ...PAGE,
    async act({ page, url }) {
      await signInAndSee(page, STAFF);
      await page.goto(`${url}/admin`);
      await page.locator("#user").selectOption({ label: HEDY });
      await page.locator("rollcall-sessions li").first().waitFor();
    },
  },
  acting: {
    ...PAGE,
    own: true,
    async act({ page, url }) {
      await signInAndSee(page, STAFF);
      await page.goto(`${url}/admin`);
      await page.locator("#user").selectOption({ label: HEDY });
      await page.getByRole("button", { name: "Act as this user" }).click();
      await page.getByText("Used by an administrator").waitFor();
    },
  },
};
