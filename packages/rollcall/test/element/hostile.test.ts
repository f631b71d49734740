import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { openStage, type Stage } from "./stage.js";

const HTML = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
/** Ends isolates that it never began, then overrides everything after it. */
const OVERRIDE = "\u2069\u2069\u202e\u2067evil";
const LONG = "W".repeat(64);

const setAddress = (page: Page, address: string): Promise<void> =>
  page.locator("rollcall-sessions").evaluate(async (element, url) => {
    element.setAttribute("sign-in-url", url);
    await Reflect.get(element, "updateComplete");
  }, address);

/** The page's policy would keep such an address from running, whatever the element does. */
const withoutPolicy = { bypassCSP: true };

let stage: Stage;
describe.skipIf(!browserAvailable)("names and user agents of anybody's making", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  test("are text, whatever they hold, and turn nothing around them", async () => {
    const page = await stage.open({ viewport: { width: 320, height: 640 } });
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.evaluate(
      ([html, override, long]) => {
        const unknown = { browser: null, os: null, type: "unknown" } as const;
        const device = { browser: html, os: override, type: "desktop" } as const;
        mount({}, [
          sample("me", { current: true, name: html }),
          sample("html", { device }),
          sample("override", { name: override, lastIp: override }),
          sample("long", {
            name: long,
            device: unknown,
            deviceInfo: { userAgent: `${html}${long.repeat(9)}`, place: long.repeat(9) },
          }),
          sample(html),
        ]);
      },
      [HTML, OVERRIDE, LONG] as const,
    );
    await page.locator("li").nth(4).waitFor();
    const names = await page
      .locator(".name")
      .evaluateAll((all) => all.map((one) => one.textContent));
    expect(names).toEqual([HTML, `${HTML} on ${OVERRIDE}`, OVERRIDE, LONG, "Firefox on Windows"]);
    expect(await page.locator("li img, li script").count()).toBe(0);

    // Two lines are enough for any of them.
    const heights = await page
      .locator(".name, .kind, .line bdi")
      .evaluateAll((all) =>
        all.map(
          (one) =>
            one.getBoundingClientRect().height /
            Number.parseFloat(getComputedStyle(one).lineHeight),
        ),
      );
    expect(Math.max(...heights)).toBeLessThan(2.1);

    // Nothing is wider than the narrow page.
    const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(320);

    // Every question about them stands in its own words, left to right.
    const questions = page.getByRole("button", { name: "Sign out" });
    for (let i = 2; i <= 6; i++) {
      await questions.nth(i).click();
      const title = page.locator("dialog h2");
      const text = await title.evaluate((element) => {
        // Where the first and the last letter of our words stand.
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        const places: DOMRect[] = [];
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          if (node.parentElement?.tagName === "BDI" || !/\S/.test(node.textContent ?? "")) continue;
          range.selectNodeContents(node);
          places.push(...range.getClientRects());
        }
        const [first] = places;
        const last = places.at(-1);
        if (first === undefined || last === undefined) return "nothing";
        const after = last.top > first.top || last.left >= first.left;
        return after ? "in order" : "turned";
      });
      expect(text).toBe("in order");
      expect(await width()).toBe(320);
      await page.keyboard.press("Escape");
    }

    // Renaming takes and gives back every character.
    await page.getByRole("button", { name: "Rename" }).first().click();
    expect(await page.getByRole("textbox").inputValue()).toBe(HTML);
    await page.evaluate(
      (name) => fake.end({ reason: "revoked", by: { kind: "user", device: name } }),
      `${HTML}${OVERRIDE}`,
    );
    await expect
      .poll(() => page.getByRole("alert").locator("bdi").textContent())
      .toBe(`${HTML}${OVERRIDE}`);
    expect(dialogs).toEqual([]);
    await page.context().close();
  });

  test("a sign-in-url that is no web address is none", async () => {
    const page = await stage.open(withoutPolicy);
    await page.evaluate(() => {
      fake.answers.list = "forbidden";
      mount();
    });
    const alert = page.getByRole("alert");
    for (const address of [
      "javascript:document.title='ran'",
      "JavaScript\n:document.title='ran'",
      " java\tscript:document.title='ran'",
      "data:text/html,<script>opener.document.title='ran'</script>",
      "blob:null/0a1b",
      "vbscript:x",
      "http://",
    ]) {
      await setAddress(page, address);
      await alert.getByRole("button", { name: "Sign in" }).click();
    }
    const clicks = (): Promise<number> =>
      page.evaluate(() => happened.filter(({ type }) => type === "rollcall-sign-in").length);
    expect(await clicks()).toBe(7);
    expect(await page.title()).toBe("Account");
    expect(page.url()).toBe(`${stage.url}?lang=en&style=`);

    for (const [address, expected] of [
      ["/sign-in", "/sign-in"],
      ["?a=b", "/?a=b"],
      ["https://id.example/login", "https://id.example/login"],
      ["//id.example/login", "http://id.example/login"],
    ] as const) {
      await setAddress(page, address);
      const link = alert.getByRole("link", { name: "Sign in" });
      expect(await link.evaluate((one) => one instanceof HTMLAnchorElement && one.href)).toBe(
        new URL(expected, stage.url).href,
      );
    }
    await page.context().close();
  });

  test("nor does the element go to such an address by itself", async () => {
    const page = await stage.open(withoutPolicy);
    await page.evaluate(() => {
      fake.answers.list = "fresh";
      mount({ "sign-in-url": "javascript:void(document.title = 'ran')" });
    });
    await page.getByRole("alert").getByRole("button", { name: "Sign in" }).click();
    await expect
      .poll(() => page.evaluate(() => happened.map(({ type }) => type)))
      .toContain("rollcall-reauthenticate");
    // Such an address runs some time after it is assigned, in the order of the assignments.
    await page.evaluate(() => location.assign("javascript:void(window.name = 'ours has run')"));
    await expect.poll(() => page.evaluate(() => window.name)).toBe("ours has run");
    expect(await page.title()).toBe("Account");
    await page.context().close();
  });

  test("a property that holds nothing is no address", async () => {
    const page = await stage.open();
    await page.evaluate(() => {
      fake.answers.list = "forbidden";
      mount();
      Object.assign(document.querySelector("rollcall-sessions") ?? {}, { signInUrl: null });
    });
    const button = page.getByRole("alert").getByRole("button", { name: "Sign in" });
    await expect.poll(() => button.count()).toBe(1);
    await page.context().close();
  });

  test("override characters leave the order of the words around them alone", async () => {
    const page = await stage.open();
    await page.evaluate(
      (name) => mount({}, [sample("me", { current: true }), sample("a", { name })]),
      OVERRIDE,
    );
    await page.getByRole("button", { name: `Sign out ${OVERRIDE}` }).click();
    const order = await page.locator("dialog h2").evaluate((title) => {
      const texts = [...title.childNodes].filter(
        (node) => /\S/.test(node.textContent ?? "") && node.nodeType !== Node.COMMENT_NODE,
      );
      return texts.map((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getBoundingClientRect().left;
      });
    });
    expect(order).toHaveLength(3);
    expect(order.toSorted((a, b) => a - b)).toEqual(order);
    await page.context().close();
  });
});
