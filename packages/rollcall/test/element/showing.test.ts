import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { lines } from "./hands.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("<rollcall-sessions> shows", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  test("this device first, and of each session its name, place, activity and dates", async () => {
    const page = await stage.open();
    await page.clock.install();
    await page.clock.pauseAt(new Date("2035-03-20T12:00:00Z"));
    await page.reload();
    await page.evaluate(() => mount());
    const headings = page.getByRole("heading");
    await expect
      .poll(() => headings.allInnerTexts())
      .toEqual(["Account", "Where you’re signed in", "This device", "Other devices"]);
    const here = page.getByRole("list", { name: "This device" }).getByRole("listitem");
    expect(await here.count()).toBe(1);
    const others = page.getByRole("list", { name: "Other devices" }).getByRole("listitem");
    expect(await others.count()).toBe(4);
    expect(await lines(page, "laptop")).toEqual([
      "Firefox on Linux",
      "Active now",
      "Vienna, Austria",
      "203.0.113.7",
      "Signed in Mar 20, 2035, 8:00 AM",
      "Expires in 28 days",
    ]);
    expect((await lines(page, "tablet")).slice(0, 4)).toEqual([
      "Kitchen iPad",
      "Safari on iOS",
      "Active 3 hours ago",
      "Vienna, Austria",
    ]);
    const used = page.locator('[data-id="tablet"] [part=activity] time');
    expect(await used.getAttribute("datetime")).toBe("2035-03-20T09:00:00.000Z");
    expect(await used.getAttribute("title")).toMatch(
      /^Tuesday, March 20, 2035 at 10:00:00\sAM GMT\+1$/,
    );

    // Time goes on without a word from the server.
    await page.clock.runFor("05:00");
    expect((await lines(page, "phone"))[1]).toBe("Active 6 minutes ago");
    await page.context().close();
  });

  test("an icon for each kind of device, and nothing of it to screen readers", async () => {
    const page = await stage.open();
    const kinds = ["desktop", "mobile", "tablet", "tv", "bot", "cli", "unknown"] as const;
    await page.evaluate((types) => {
      const device = { browser: "Firefox", os: "Windows" };
      mount(
        {},
        types.map((type) => sample(type, { device: { ...device, type } })),
      );
    }, kinds);
    const icons = page.locator("li .icon svg");
    await expect.poll(() => icons.count()).toBe(7);
    const drawn = await icons.evaluateAll((all) => all.map(({ innerHTML }) => innerHTML));
    expect(new Set(drawn).size).toBe(7);
    expect(await page.locator("svg:not([aria-hidden=true])").count()).toBe(0);
    await page.context().close();
  });

  test("a heading of the second level where a page asked for none that exists", async () => {
    const page = await stage.open();
    await page.evaluate(() => mount({ "heading-level": "abc" }));
    await page.getByRole("heading", { level: 2, name: "Where you’re signed in" }).waitFor();
    await page.context().close();
  });

  test("a place by a function of the page's", async () => {
    const page = await stage.open();
    await page.evaluate(() => {
      mount();
      const element = document.querySelector("rollcall-sessions");
      if (element !== null)
        element.placeOf = ({ lastIp }) => (lastIp === "192.0.2.44" ? "Perth" : null);
    });
    await expect.poll(() => lines(page, "script")).toContain("Perth");
    expect(await lines(page, "laptop")).not.toContain("Vienna, Austria");
    await page.context().close();
  });

  test("five hundred sessions by the page, this device at the top all the same", async () => {
    const page = await stage.open();
    await page.evaluate(() => {
      const all = Array.from({ length: 500 }, (_, i) => sample(`s${i}`, { current: i === 499 }));
      mount({}, all);
    });
    const rows = page.locator("li");
    const more = page.getByRole("button", { name: "Show more" });
    await expect.poll(() => rows.count()).toBe(26);
    expect(await rows.first().getAttribute("data-id")).toBe("s499");
    for (let shown = 25; shown < 499; shown += 25) {
      expect(await rows.count()).toBe(shown + 1);
      await more.press("Enter");
      await expect.poll(() => rows.count()).toBeGreaterThan(shown + 1);
    }
    await expect.poll(() => rows.count()).toBe(500);
    expect(await more.count()).toBe(0);
    // Still quick: a row ends, and all others are where they were.
    await page.getByRole("button", { name: "Sign out Firefox on Windows" }).nth(400).click();
    await page.locator("dialog").getByRole("button", { name: "Sign out" }).click();
    await expect.poll(() => rows.count()).toBe(499);
    await page.context().close();
  });

  test("what changes elsewhere, keeping rows, focus and a half-typed name", async () => {
    const page = await stage.open();
    await page.evaluate(() => mount());
    await page.getByRole("button", { name: "Rename Kitchen iPad" }).click();
    await page.keyboard.type("Half a na");
    await page.evaluate(() => {
      fake.sessionsNow = [
        ...fake.sessionsNow.slice(0, 1),
        sample("new", { name: "Stranger", createdAt: new Date() }),
        ...fake.sessionsNow.slice(2),
      ];
      fake.changed();
    });
    await expect
      .poll(() => page.getByRole("status").innerText())
      .toBe("New sign-in: Stranger. Chrome on Android was signed out.");
    await page.keyboard.type("me");
    expect(await page.getByRole("textbox").inputValue()).toBe("Half a name");
    const ids = await page
      .locator("li")
      .evaluateAll((rows) => rows.map((row) => row.dataset["id"]));
    expect(ids).toEqual(["laptop", "new", "tablet", "office", "script"]);
    await page.context().close();
  });

  test("nothing while the page is hidden, and follows again when it is shown", async () => {
    const page = await stage.open();
    await page.evaluate(() => mount());
    const hide = (state: "hidden" | "visible") =>
      page.evaluate((value) => {
        Object.defineProperty(document, "visibilityState", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
        return fake.followers.changes;
      }, state);
    await expect.poll(() => page.evaluate(() => fake.calls.length)).toBe(1);
    expect(await hide("hidden")).toBe(0);
    expect(await hide("visible")).toBe(1);
    await expect.poll(() => page.evaluate(() => fake.calls.length)).toBe(2);
    await page.context().close();
  });

  test("its language by the page's, also when that changes, and any that is added", async () => {
    const page = await stage.open({}, { lang: "de-AT" });
    await page.evaluate(() => mount());
    const title = page.locator("#title");
    await expect.poll(() => title.innerText()).toBe("Wo du angemeldet bist");
    expect(await page.getByRole("button", { name: "Kitchen iPad abmelden" }).count()).toBe(1);
    const section = page.locator("section");
    expect(await section.getAttribute("lang")).toBe("de");
    await page.evaluate(() => {
      document.documentElement.lang = "ar";
    });
    await expect.poll(() => title.innerText()).toBe("الأجهزة التي سجّلت الدخول منها");
    expect(await section.getAttribute("dir")).toBe("rtl");
    await page.evaluate(() => {
      addLanguage("nl", { title: "Waar je bent ingelogd" });
      document.querySelector("rollcall-sessions")?.setAttribute("lang", "nl");
    });
    await expect.poll(() => title.innerText()).toBe("Waar je bent ingelogd");
    await page.context().close();
  });

  test("the colours of a page, by whatever names the page has for them", async () => {
    const names = ["accent", "on-accent", "danger", "on-danger", "active", "quiet", "line"];
    const own = names.map((name, i) => `--${name}: rgb(20${i}, 0, 0);`).join("");
    const given = names.map((name) => `--rollcall-${name}: var(--${name});`).join("");
    const style = `:root { ${own} } rollcall-sessions { ${given} }`;
    const page = await stage.open({}, { style });
    await page.evaluate(() => mount());
    const colourOf = (selector: string, property: string): Promise<string> =>
      page
        .locator(selector)
        .first()
        .evaluate((one, name) => getComputedStyle(one).getPropertyValue(name), property);
    await page.locator("li").first().waitFor();
    expect(await colourOf("[part=icon]", "color")).toBe("rgb(200, 0, 0)");
    expect(await colourOf("[part~=others-button]", "color")).toBe("rgb(202, 0, 0)");
    expect(await colourOf("[part=active]", "color")).toBe("rgb(204, 0, 0)");
    expect(await colourOf("[part=dates]", "color")).toBe("rgb(205, 0, 0)");
    expect(await colourOf("[part=list]", "border-top-color")).toBe("rgb(206, 0, 0)");
    await page.getByRole("button", { name: "Rename curl" }).click();
    expect(await colourOf("[part~=primary-button]", "background-color")).toBe("rgb(200, 0, 0)");
    expect(await colourOf("[part~=primary-button]", "color")).toBe("rgb(201, 0, 0)");
    await page.getByRole("button", { name: "Sign out Kitchen iPad" }).click();
    expect(await colourOf("[part~=confirm-button]", "background-color")).toBe("rgb(202, 0, 0)");
    expect(await colourOf("[part~=confirm-button]", "color")).toBe("rgb(203, 0, 0)");
    await page.context().close();
  });
});
