import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable, openBrowser } from "../support/browser.js";
import { whenSent, whenShown } from "../support/page-clock.js";
import { type BuiltElement, buildElement } from "./built-element.js";
import { ADA, type RealServer, startRealServer } from "./real-server.js";

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0";
const ANDROID =
  "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

let browser: Browser;
let files: BuiltElement["files"];
let server: RealServer;

describe.skipIf(!browserAvailable)(
  "two browsers and a server, with the file for script tags",
  () => {
    beforeAll(async () => {
      ({ files } = await buildElement());
      browser = await openBrowser();
    });
    afterAll(() => browser.close());

    /** A device of Ada's at the account page. */
    const signedIn = async (userAgent: string): Promise<Page> => {
      const page = await (await browser.newContext({ userAgent })).newPage();
      await page.goto(`${server.url}/sign-in`);
      await page.evaluate(() => fetch("/login", { method: "POST" }));
      await page.goto(`${server.url}/account-page`);
      await page.locator("li").first().waitFor();
      return page;
    };
    const rows = async (page: Page): Promise<readonly string[]> =>
      page.locator(".name").allInnerTexts();

    /** Each on a server of its own, with both devices signed in. */
    const together = (name: string, run: (laptop: Page, phone: Page) => Promise<void>): void =>
      test(name, async () => {
        server = await startRealServer(files);
        try {
          const laptop = await signedIn(FIREFOX);
          const phone = await signedIn(ANDROID);
          await run(laptop, phone);
          await laptop.context().close();
          await phone.context().close();
        } finally {
          await server.close();
        }
      });

    together(
      "a sign-in appears, a name too, and an ended device knows by whom",
      async (laptop, phone) => {
        await expect.poll(() => rows(laptop)).toEqual(["Firefox on Windows", "Chrome on Android"]);
        expect(await rows(phone)).toEqual(["Chrome on Android", "Firefox on Windows"]);

        await laptop.getByRole("button", { name: "Rename Firefox on Windows" }).click();
        await laptop.keyboard.type("Office");
        await laptop.keyboard.press("Enter");
        await expect.poll(() => rows(phone)).toEqual(["Chrome on Android", "Office"]);

        const seen = whenShown(phone, "[role=alert]", "rollcall-sessions");
        const sent = whenSent(laptop);
        await laptop.getByRole("button", { name: "Sign out Chrome on Android" }).click();
        await laptop.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
        expect((await seen) - (await sent)).toBeLessThan(1000);
        expect(await phone.getByRole("alert").innerText()).toContain("Signed out from Office.");
        await expect.poll(() => rows(laptop)).toEqual(["Office"]);
        await phone.getByRole("link", { name: "Sign in" }).click();
        await phone.waitForURL(/sign-in/);
      },
    );

    together("all others end, and this device stays", async (laptop, phone) => {
      await laptop.getByRole("button", { name: "Sign out all others" }).click();
      await laptop.getByRole("dialog").getByRole("button", { name: "Sign out all others" }).click();
      await expect.poll(() => phone.getByRole("alert").innerText()).toContain("Firefox on Windows");
      await expect.poll(() => rows(laptop)).toEqual(["Firefox on Windows"]);
      await laptop.reload();
      await expect.poll(() => rows(laptop)).toEqual(["Firefox on Windows"]);
    });

    together("everything ends, here at the sign-in page", async (laptop, phone) => {
      await laptop.getByRole("button", { name: "Sign out everywhere" }).click();
      await laptop.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
      await laptop.waitForURL(/sign-in/);
      await expect.poll(() => phone.getByRole("alert").innerText()).toContain("You’re signed out");
      expect((await server.sessions.list(ADA)).sessions).toEqual([]);
      const left = await laptop.context().cookies();
      // Which device this is outlasts its sessions.
      expect(left.map(({ name }) => name)).toEqual(["rollcall-device"]);
    });

    together("this device alone ends", async (laptop, phone) => {
      await laptop.getByRole("button", { name: "Sign out Firefox on Windows" }).click();
      await laptop.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
      await laptop.waitForURL(/sign-in/);
      await expect.poll(() => rows(phone)).toEqual(["Chrome on Android"]);
      expect(await phone.getByRole("alert").count()).toBe(0);
    });

    together("an administrator's doing is told as that", async (_laptop, phone) => {
      const { sessions } = await server.sessions.list(ADA);
      const session = sessions.find(({ device }) => device.os === "Android");
      await server.sessions.revoke(ADA, session?.id ?? "", {
        reason: "lost",
        actor: { kind: "admin" },
      });
      await expect
        .poll(() => phone.getByRole("alert").innerText())
        .toContain("An administrator signed this device out.");
    });

    together("a server that goes away and comes back", async (laptop) => {
      server.cut();
      await laptop.evaluate(() => window.dispatchEvent(new Event("online")));
      await expect
        .poll(() => laptop.getByRole("alert").innerText())
        .toContain("The server can’t be reached.");
      expect(await rows(laptop)).toHaveLength(2);
      server.restore();
      // The stream may have found it already; there is no button left to press then.
      await laptop.evaluate(() => window.dispatchEvent(new Event("online")));
      await expect.poll(() => laptop.getByRole("alert").count()).toBe(0);
      expect(await rows(laptop)).toHaveLength(2);
    });

    test("without a session it says so, in the language of the page", async () => {
      server = await startRealServer(files);
      try {
        const page = await (await browser.newContext()).newPage();
        await page.goto(`${server.url}/account-page`);
        await expect.poll(() => page.getByRole("alert").innerText()).toContain("You’re signed out");
        await page.evaluate(() => {
          document.documentElement.lang = "de";
        });
        await expect
          .poll(() => page.getByRole("alert").innerText())
          .toContain("Du bist abgemeldet");
        await page.context().close();
      } finally {
        await server.close();
      }
    });
  },
);
