import { signInAndSee } from "./demo.mjs";

const KEYS = { of: "rollcall-api-keys" };

const openForm = async (page) => {
  await signInAndSee(page);
  await page.getByRole("button", { name: "Create a key" }).click();
  await page.keyboard.type("Nightly export");
  await page.getByLabel("Read articles").check();
};

const make = async (page) => {
  await openForm(page);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("button", { name: "Copy" }).waitFor();
};

/** The element for API keys, from the first key to the last. */
export const apiKeys = {
  "api-keys-form": { ...KEYS, own: true, act: ({ page }) => openForm(page) },
  "api-keys-new": { ...KEYS, own: true, act: ({ page }) => make(page) },
  "api-keys": {
    ...KEYS,
    own: true,
    looks: { colorScheme: "dark" },
    async act({ page }) {
      await make(page);
      await page.getByRole("button", { name: "Done" }).click();
      await page.getByRole("button", { name: "Revoke Nightly export" }).waitFor();
    },
  },
  "api-keys-narrow": {
    ...KEYS,
    own: true,
    looks: { viewport: { width: 320, height: 700 } },
    act: ({ page }) => make(page),
  },
};
