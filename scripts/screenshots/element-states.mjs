import {
  ADA,
  ANDROID,
  FIREFOX,
  HEDY,
  IPHONE,
  signIn,
  signInAndSee,
  signInElsewhere,
} from "./demo.mjs";

const LIST = "**/account/sessions?*";
const ONE = "**/account/sessions/*-*";
const DIALOG = { of: "page", looks: { viewport: { width: 860, height: 560 } } };

const DEVICES = [FIREFOX, ANDROID, IPHONE, "curl/8.14.1"];

const answer = (status, errorCode) => (route) =>
  route.fulfill({ status, json: { error: "As the picture wants it", errorCode } });

export async function ask(page, name) {
  await page.getByRole("button", { name }).click();
  await page.getByRole("dialog").waitFor();
  // Above the question, the page is to show where it stands.
  await page.evaluate(() => scrollTo(0, 0));
}

const screen = (page) => page.locator("rollcall-sessions");
const alert = (page) => screen(page).getByRole("alert").waitFor();

/** What the screen can be in, each brought about as it would be. */
export const elementStates = {
  loading: {
    async act({ page }) {
      // Never answered: the picture is taken meanwhile.
      await page.route(LIST, () => {});
      await signIn(page, HEDY);
      await screen(page).locator("[part=skeleton]").waitFor();
    },
  },
  empty: { act: ({ page }) => signInAndSee(page, ADA) },
  offline: {
    async act({ page, context }) {
      await signInAndSee(page);
      await context.setOffline(true);
      await alert(page);
    },
  },
  unreachable: {
    async act({ page }) {
      await page.route(LIST, answer(503, "EC005"));
      await signIn(page, HEDY);
      await alert(page);
    },
  },
  error: {
    async act({ page }) {
      await page.route(LIST, answer(500, "EC000"));
      await signIn(page, HEDY);
      await alert(page);
    },
  },
  reauthenticate: {
    async act({ page }) {
      await page.route(LIST, answer(403, "EC006"));
      await signIn(page, HEDY);
      await alert(page);
    },
  },
  "signed-out": {
    of: "page",
    own: true,
    looks: { viewport: { width: 860, height: 640 } },
    async act({ page, url }) {
      const phone = await signInElsewhere(url, HEDY, ANDROID);
      await signInAndSee(page);
      const [newest] = await phone.list();
      await phone.revoke(newest.id);
      await page.locator("#sign-in").waitFor();
    },
  },
  "signed-out-alone": {
    own: true,
    async act({ page, url }) {
      const phone = await signInElsewhere(url, HEDY, ANDROID);
      await signInAndSee(page);
      // As on a page that has no form of its own.
      await page.evaluate(() => {
        for (const place of document.querySelectorAll("#account, #keys")) {
          place.addEventListener("rollcall-signed-out", (event) => event.stopPropagation());
        }
      });
      const [newest] = await phone.list();
      await phone.revoke(newest.id);
      await alert(page);
    },
  },
  "ask-one": {
    ...DIALOG,
    async act({ page }) {
      await signInAndSee(page);
      await ask(page, "Sign out Kitchen iPad");
    },
  },
  "ask-others": {
    ...DIALOG,
    async act({ page }) {
      await signInAndSee(page);
      await ask(page, "Sign out all others");
    },
  },
  "ask-everywhere": {
    ...DIALOG,
    async act({ page }) {
      await signInAndSee(page);
      await ask(page, "Sign out everywhere");
    },
  },
  "ask-busy": {
    ...DIALOG,
    async act({ page }) {
      await signInAndSee(page);
      await page.route(ONE, () => {});
      await ask(page, "Sign out Kitchen iPad");
      await page.locator("[part~=confirm-button]").click();
      await page.getByText("Signing out…").waitFor();
    },
  },
  "ask-problem": {
    ...DIALOG,
    async act({ page }) {
      await signInAndSee(page);
      await page.route(ONE, answer(503, "EC005"));
      await ask(page, "Sign out Kitchen iPad");
      await page.locator("[part~=confirm-button]").click();
      await alert(page);
    },
  },
  "ask-reauthenticate": {
    ...DIALOG,
    async act({ page }) {
      await signInAndSee(page);
      await page.route(ONE, answer(403, "EC006"));
      await ask(page, "Sign out Kitchen iPad");
      await page.locator("[part~=confirm-button]").click();
      await page.getByRole("dialog", { name: "Confirm that it’s you" }).waitFor();
    },
  },
  rename: {
    async act({ page }) {
      await signInAndSee(page);
      await page.getByRole("button", { name: "Rename Safari on iOS" }).click();
      await page.keyboard.type("Hedy’s phone");
    },
  },
  "rename-problem": {
    async act({ page }) {
      await signInAndSee(page);
      await page.route(ONE, answer(429, "EC004"));
      await page.getByRole("button", { name: "Rename Safari on iOS" }).click();
      await page.keyboard.type("Hedy’s phone\n");
      await alert(page);
    },
  },
  long: {
    of: "page",
    own: true,
    looks: { viewport: { width: 860, height: 640 } },
    async act({ page, url }) {
      for (let i = 0; i < 40; i++) {
        await signInElsewhere(url, ADA, DEVICES[i % DEVICES.length]);
      }
      await signInAndSee(page, ADA);
      // What comes before is more of the same.
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    },
  },
};
